/**
 * Times as the server writes them. It has nanoseconds and the model milliseconds; half a millisecond is added to each
 * time, so that a client that rounds comes back to the millisecond.
 */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '5Z')
}

/** Nanoseconds since 1970, in digits: more than a number holds. */
export function nanosOf(ms: number): string {
  return `${ms}500000`
}

/** Durations of the API are nanoseconds. */
export function millis(nanos: number): number {
  return nanos / 1e6
}

export const NO_TIME = '0001-01-01T00:00:00Z'

/** An error as the JetStream API gives it. */
export interface ApiError {
  readonly code: number
  readonly err_code: number
  readonly description: string
}

/** What the real server says, as far as the model says it too. */
export const apiErrors = {
  badRequest: { code: 400, err_code: 10_003, description: 'bad request' },
  consumerNotFound: { code: 404, err_code: 10_014, description: 'consumer not found' },
  messageNotFound: { code: 404, err_code: 10_037, description: 'no message found' },
  deleteNotPermitted: { code: 500, err_code: 10_057, description: 'message delete not permitted' },
  streamNameInUse: {
    code: 400,
    err_code: 10_058,
    description: 'stream name already in use with a different configuration',
  },
  streamNotFound: { code: 404, err_code: 10_059, description: 'stream not found' },
  otherStream: { code: 400, err_code: 10_060, description: 'expected stream does not match' },
  subjectsOverlap: { code: 400, err_code: 10_065, description: 'subjects overlap with an existing stream' },
  maximumBytes: { code: 503, err_code: 10_077, description: 'maximum bytes exceeded' },
  maximumMessages: { code: 503, err_code: 10_077, description: 'maximum messages exceeded' },
  purgeNotPermitted: { code: 500, err_code: 10_110, description: 'stream purge not permitted' },
  batchesDisabled: { code: 400, err_code: 10_174, description: 'atomic publish is disabled' },
  batchIncomplete: { code: 400, err_code: 10_176, description: 'atomic publish batch is incomplete' },
  consumerExists: { code: 400, err_code: 10_148, description: 'consumer already exists' },
} as const

export function wrongLastSequence(last: number): ApiError {
  return { code: 400, err_code: 10_071, description: `wrong last sequence: ${last}` }
}
