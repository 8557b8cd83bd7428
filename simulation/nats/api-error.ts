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
  consumerExists: { code: 400, err_code: 10_148, description: 'consumer already exists' },
} as const

export function wrongLastSequence(last: number): ApiError {
  return { code: 400, err_code: 10_071, description: `wrong last sequence: ${last}` }
}
