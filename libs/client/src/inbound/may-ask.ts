import { subjects, type TraderId } from '@drawbridge/contracts'
import { type NatsConnection, PermissionViolationError } from '@nats-io/transport-node'

const ANSWER_WITHIN_MS = 2_000

/**
 * Checks that this user of NATS may follow the decisions on other traders. That nobody answers is no fault.
 * @throws where it may not, with the way
 */
export async function checkMayFollow(connection: NatsConnection, traders: readonly TraderId[]): Promise<void> {
  for (const trader of traders) {
    try {
      await connection.request(subjects.newest(trader), '', { timeout: ANSWER_WITHIN_MS })
    } catch (error) {
      if (!isForbidden(error)) continue
      const way = 'leave it out of obeys, and ask can-trade of the trader service before each entry'
      throw new Error(`NATS does not let this user hear the decisions on "${trader}": ${way}`, { cause: error })
    }
  }
}

/** Whether NATS refused it because a permission is missing. */
export function isForbidden(error: unknown): boolean {
  if (error instanceof PermissionViolationError) return true
  return error instanceof Error && error.cause !== undefined && isForbidden(error.cause)
}
