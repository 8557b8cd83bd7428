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
