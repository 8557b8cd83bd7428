import { codeOf, databaseFault, databaseReason, hasAdvice } from '@drawbridge/history/faults'
import { isTooSlow } from '@drawbridge/history/reads'
import { HttpFault } from '@drawbridge/service-kit'

const RETRY_AFTER_S = 5
const INSUFFICIENT_PRIVILEGE = '42501'

/**
 * The HTTP answer for an error of the database: the history cannot be read now, and everything that comes from the log goes
 * on. Any other error unchanged.
 */
export function historyFault(error: unknown): unknown {
  if (error instanceof HttpFault) return error
  if (isTooSlow(error)) {
    const words = 'this takes the database too long; ask for a shorter time, or try again when it has less to do'
    return new HttpFault(503, 'history-too-slow', words)
  }
  if (codeOf(error) === INSUFFICIENT_PRIVILEGE) {
    const words =
      'the console may not read the history: make the user of its DATABASE_URL a member of drawbridge_reader, then run npm run migrate'
    return new HttpFault(503, 'history-unavailable', words)
  }
  if (databaseFault(error) === 'crash' && !hasAdvice(error)) return error
  const words = `the history cannot be read: ${databaseReason(error)}. What is live goes on.`
  return new HttpFault(503, 'history-unavailable', words, RETRY_AFTER_S)
}
