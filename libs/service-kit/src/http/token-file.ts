import { readFileSync, statSync } from 'node:fs'
import type { Logger } from '../log.ts'
import { type ApiToken, parseTokens } from './tokens.ts'

const LOOK_EVERY_MS = 1_000

/**
 * The tokens of a file, which is read anew within a second of its change: one that is taken out is refused from then on,
 * without a restart. While what is there cannot be read, the tokens from before go on.
 */
export class TokenFile {
  readonly #path: string
  readonly #log: Logger
  #tokens: readonly ApiToken[]
  #seen: string
  #lookedAt = performance.now()

  /** @param tokens what it holds at the start */
  constructor(path: string, tokens: readonly ApiToken[], log: Logger) {
    this.#path = path
    this.#tokens = tokens
    this.#log = log
    this.#seen = this.#look()
  }

  current(): readonly ApiToken[] {
    const now = performance.now()
    if (now - this.#lookedAt < LOOK_EVERY_MS) return this.#tokens
    this.#lookedAt = now
    const seen = this.#look()
    if (seen !== this.#seen) this.#readAnew()
    this.#seen = seen
    return this.#tokens
  }

  /** Whatever differs once the file is another one. */
  #look(): string {
    const stat = statSync(this.#path, { throwIfNoEntry: false, bigint: true })
    return stat === undefined ? 'missing' : `${stat.ino} ${stat.mtimeNs} ${stat.size}`
  }

  #readAnew(): void {
    try {
      const tokens = parseTokens(readFileSync(this.#path, 'utf8'))
      if (!tokens.ok) throw new Error(tokens.reason)
      this.#tokens = tokens.value
      this.#log.info({ tokens: tokens.value.length }, 'API tokens read anew')
    } catch (error) {
      this.#log.error({ err: error }, 'API tokens cannot be read anew; those from before go on')
    }
  }
}
