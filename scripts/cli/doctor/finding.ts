import { setTimeout as delay } from 'node:timers/promises'
import { isStreamMissing } from '@drawbridge/nats'

/** The result of a check. */
export interface Finding {
  readonly check: string
  readonly status: 'ok' | 'warning' | 'fault'
  /** In a few words. */
  readonly found: string
  /** What to do about it; null if nothing. */
  readonly advice: string | null
}

export function ok(check: string, found: string): Finding {
  return { check, status: 'ok', found, advice: null }
}

export function warning(check: string, found: string, advice: string): Finding {
  return { check, status: 'warning', found, advice }
}

export function fault(check: string, found: string, advice: string): Finding {
  return { check, status: 'fault', found, advice }
}

/** Makes the check of that name. */
export type Check = readonly [check: string, look: () => Promise<Finding | readonly Finding[]>]

/**
 * Makes a check. An error, or no answer within the time, is a fault of what it examines. A missing stream is no finding here:
 * the check of the streams reports it.
 */
export async function examine([check, look]: Check, withinMs: number): Promise<readonly Finding[]> {
  const silent = fault(check, `no answer within ${withinMs / 1000} s`, 'see if it is overloaded or stopped; try again')
  const done = new AbortController()
  try {
    return [await Promise.race([look(), delay(withinMs, silent, { signal: done.signal })])].flat()
  } catch (error) {
    return isStreamMissing(error) ? [] : [fault(check, firstLine(error), 'see this message; try again')]
  } finally {
    done.abort()
  }
}

export function firstLine(error: unknown): string {
  // An error for several addresses has no message itself.
  const [first = error] = error instanceof AggregateError ? error.errors : [error]
  return (first instanceof Error ? first.message : String(first)).split('\n')[0] ?? ''
}
