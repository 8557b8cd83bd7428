import { AuthorizationError, PermissionViolationError, UserAuthenticationExpiredError } from '@nats-io/transport-node'
import type { Logger } from './log.ts'

/** Refused subjects that are named; further refusals are logged without their subject. */
const SUBJECTS_MAX = 100

/** Logs what a NATS server does not permit: each subject once, because a retry is refused again. */
export class RefusalLog {
  readonly #user: string
  readonly #log: Logger
  readonly #told = new Set<string>()

  constructor(user: string, log: Logger) {
    this.#user = user
    this.#log = log
  }

  report(error: Error): void {
    if (error instanceof PermissionViolationError) this.#reportPermission(error)
    else if (isAuthorization(error)) this.#once('authorization', { err: error, user: this.#user }, LET_IN)
    else this.#log.warn({ err: error }, 'NATS error')
  }

  #reportPermission({ operation, subject }: PermissionViolationError): void {
    const key = `${operation} ${subject}`
    const fields = { operation, subject, user: this.#user }
    if (this.#told.size < SUBJECTS_MAX) this.#once(key, fields, PERMIT)
    else this.#once('more', { user: this.#user }, PERMIT)
  }

  #once(key: string, fields: object, message: string): void {
    if (this.#told.has(key)) return
    this.#told.add(key)
    this.#log.error(fields, message)
  }
}

export function isAuthorization(error: unknown): boolean {
  if (error instanceof UserAuthenticationExpiredError) return true
  return error instanceof AuthorizationError && !SLOW.test(error.message)
}

/** We were too slow to authenticate, as on a busy machine. The server's message; it has no code. */
const SLOW = /authentication timeout/i

const LET_IN = 'NATS no longer accepts this user: put it back into the server configuration with npm run nats-users'
const PERMIT =
  'this NATS user lacks a permission that the program needs: use the user of its service, and on the server the nats.conf ' +
  'of this version'
