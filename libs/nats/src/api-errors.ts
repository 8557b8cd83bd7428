import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream'

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
