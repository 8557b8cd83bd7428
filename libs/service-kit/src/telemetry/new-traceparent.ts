import { randomBytes } from 'node:crypto'

/** A `traceparent` of a new trace, not sampled, as W3C Trace Context writes it: `00-<trace id>-<span id>-00`. */
export function newTraceparent(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`
}
