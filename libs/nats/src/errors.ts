import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream'

import { errors } from '@nats-io/transport-node'
import { Backoff } from './backoff.ts'
import type { Logger } from './log.ts'

const STREAM_NOT_FOUND = 10_059
const CONSUMER_NOT_FOUND = 10_014
/** The limit of the stream, and that of the account. */
const CONSUMERS_USED_UP: ReadonlySet<number> = new Set([10_026, 10_002])
/** Error codes of a stream whose last message on the subject is not the expected one. */
export const WRONG_LAST_SEQUENCE: ReadonlySet<number> = new Set([10_071, 10_164])

export function isStreamMissing(error: unknown): boolean {
  return apiErrorCode(error) === STREAM_NOT_FOUND
}

export function isConsumerMissing(error: unknown): boolean {
  return apiErrorCode(error) === CONSUMER_NOT_FOUND
}

/** Whether the stream, or its account, is at its limit of consumers. */
export function isConsumersUsedUp(error: unknown): error is Error {
  return CONSUMERS_USED_UP.has(apiErrorCode(error) ?? 0)
}

/** Whether nothing was stored because the subject's last message is not the expected one. */
export function isWrongLastSequence(error: unknown): boolean {
  return WRONG_LAST_SEQUENCE.has(apiErrorCode(error) ?? 0)
}

/** Whether JetStream does not respond. The client exports no class for this error. */
export function isJetStreamOff(error: unknown): boolean {
  return error instanceof Error && error.name === 'JetStreamNotEnabled'
}

/** The JetStream API's own error code, or null for any other error. */
export function apiErrorCode(error: unknown): number | null {
  if (error instanceof JetStreamApiError) return error.code
  if (error instanceof JetStreamError && error.cause instanceof JetStreamApiError) return error.cause.code
  return null
}

const AWAY = [errors.TimeoutError, errors.NoRespondersError, errors.RequestError, errors.ConnectionError]
/** Codes of a server that temporarily cannot answer: no leader, no quorum, no resources, no room. */
const NOT_NOW: ReadonlySet<number> = new Set([10_002, 10_008, 10_009, 10_023, 10_028, 10_047, 10_118, 10_163, 10_167])

interface WaitOptions {
  /** What is waited for, in the log: "the streams are not there yet". */
  readonly what: string
  readonly log: Logger
  /** Ends the waiting. */
  readonly stopping?: AbortSignal | undefined
}

/**
 * Retries until NATS answers, for example while it is starting or failing over. `attempt` must be safe to repeat.
 * @throws errors that time does not heal: what NATS refuses or does not have, and anything else that `attempt` throws
 */
export async function untilAnswered<T>(attempt: () => Promise<T>, { what, log, stopping }: WaitOptions): Promise<T> {
  const backoff = new Backoff(100, 2_000)
  for (let isFirst = true; ; isFirst = false) {
    try {
      return await attempt()
    } catch (error) {
      if (stopping?.aborted === true || !isAway(error)) throw error
      if (isFirst) log.warn({ reason: (error as Error).message }, `NATS does not answer: ${what}; retrying`)
      await backoff.wait(stopping)
    }
  }
}

/** Whether NATS is temporarily unavailable; this says nothing about what it has or permits. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error) || isRefusal(error) || isRefusal(error.cause)) return false
  // Nobody responds. A missing permission would have its own code.
  if (isJetStreamOff(error)) return apiErrorCode(error.cause) === null
  return AWAY.some((kind) => error instanceof kind) || NOT_NOW.has(apiErrorCode(error) ?? 0)
}

function isRefusal(error: unknown): boolean {
  return error instanceof errors.PermissionViolationError || error instanceof errors.AuthorizationError
}
