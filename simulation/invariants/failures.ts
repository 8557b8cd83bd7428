import { errors } from '@nats-io/transport-node'

/**
 * Whether a fault explains that a process gave up; it is then started anew. Only one may that is starting, as its
 * question to NATS went unanswered; one that has started waits, however long it takes.
 */
export function isExplained(error: Error, hasStarted: boolean): boolean {
  return !hasStarted && error instanceof errors.TimeoutError
}
