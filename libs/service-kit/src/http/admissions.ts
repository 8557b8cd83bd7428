import type { ServerResponse } from 'node:http'
import type { Role } from '@drawbridge/settings'

const LOOK_EVERY_MS = 1_000

interface Admission {
  readonly sha256: Buffer
  readonly needed: Role
  readonly response: ServerResponse
}

/** Running answers that a token admitted. Once a second, those whose token is no longer valid are ended. */
export class Admissions {
  readonly #isStillAdmitted: (sha256: Buffer, needed: Role) => boolean
  readonly #admissions = new Set<Admission>()
  #look: NodeJS.Timeout | undefined

  constructor(isStillAdmitted: (sha256: Buffer, needed: Role) => boolean) {
    this.#isStillAdmitted = isStillAdmitted
  }

  add(sha256: Buffer, needed: Role, response: ServerResponse): void {
    const admission = { sha256, needed, response }
    this.#admissions.add(admission)
    response.once('close', () => this.#admissions.delete(admission))
  }

  start(): void {
    this.#look = setInterval(() => this.#endOthers(), LOOK_EVERY_MS).unref()
  }

  /** Safe to repeat. */
  stop(): void {
    clearInterval(this.#look)
  }

  #endOthers(): void {
    for (const { sha256, needed, response } of this.#admissions) {
      if (!this.#isStillAdmitted(sha256, needed)) response.destroy()
    }
  }
}
