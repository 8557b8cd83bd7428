import { databaseReason } from '@drawbridge/history'

/** The database refuses what waiting does not help; the message says what to do. Needs an operator. */
export class DatabaseRefusalError extends Error {
  override readonly name = 'DatabaseRefusalError'
  readonly recoverable = false

  constructor(cause: unknown) {
    super(databaseReason(cause), { cause })
  }
}
