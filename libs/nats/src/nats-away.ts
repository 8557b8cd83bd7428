import { errors } from '@nats-io/transport-node'
import { apiErrorCode, isJetStreamOff } from './api-errors.ts'
import { Backoff } from './backoff.ts'
import type { Logger } from './log.ts'

const AWAY = [errors.TimeoutError, errors.NoRespondersError, errors.RequestError, errors.ConnectionError]
/** Answers of a server that cannot just now: no leader, no quorum, no resources, no room. */
const NOT_NOW: ReadonlySet<number> = new Set([10_002, 10_008, 10_009, 10_023, 10_028, 10_047, 10_118, 10_163, 10_167])

export interface WaitOptions {
  /** What is waited for, in the log: "the streams are not there yet". */
  readonly what: string
  readonly log: Logger
  /** Ends the waiting. */
  readonly stopping?: AbortSignal | undefined
}

/**
 * Tries until NATS answers, as at a start while it is starting too, or breaks down. `attempt` must be safe to repeat.
 * @throws what is no matter of time: what NATS refuses or does not have, and anything else that `attempt` throws
 */
export async function untilAnswered<T>(attempt: () => Promise<T>, { what, log, stopping }: WaitOptions): Promise<T> {
  const backoff = new Backoff(100, 2_000)
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await attempt()
    } catch (error) {
      if (stopping?.aborted === true || !isAway(error)) throw error
      if (isFirst) log.warn({ reason: (error as Error).message }, `NATS does not answer: ${what}; trying again`)
      await backoff.wait(stopping)
    }
  }
}

/** Whether NATS is not there just now, which says nothing of what it has and lets us do. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error) || isRefusal(error) || isRefusal(error.cause)) return false
  // Nobody answers; what an account may not use is refused by a code.
  if (isJetStreamOff(error)) return apiErrorCode(error.cause) === null
  return AWAY.some((kind) => error instanceof kind) || NOT_NOW.has(apiErrorCode(error) ?? 0)
}

function isRefusal(error: unknown): boolean {
  return error instanceof errors.PermissionViolationError || error instanceof errors.AuthorizationError
}
