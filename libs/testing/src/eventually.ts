import { setTimeout as delay } from 'node:timers/promises'
import { inspect } from 'node:util'

export interface EventuallyOptions {
  /** Milliseconds; 30 s if not given, as a busy machine may be ten times slower. */
  readonly timeoutMs?: number
  /** What the error says is awaited: "the breach to be in the history". */
  readonly what: string
}

const FIRST_PAUSE_MS = 5
const LONGEST_PAUSE_MS = 100

type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>

/**
 * Polls until `condition` returns something truthy, and returns that. An error of the condition counts as "not yet".
 * @throws at the timeout; the message says what was awaited and the last value or error.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 30_000, what }: EventuallyOptions,
): Promise<Truthy<T>> {
  const deadline = Date.now() + timeoutMs
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    let last: string
    let cause: unknown
    try {
      const value = await withDeadline(condition, deadline)
      if (value) return value as Truthy<T>
      last = `the last value was ${inspect(value)}`
    } catch (error) {
      cause = error
      last = `the last error was: ${error instanceof Error ? error.message : inspect(error)}`
    }
    if (Date.now() >= deadline) throw new Error(`waited ${timeoutMs} ms for ${what}; ${last}`, { cause })
    await delay(Math.min(pauseMs, Math.max(0, deadline - Date.now())))
  }
}

/** A condition that never settles must not outlast the timeout. */
async function withDeadline<T>(condition: () => T | Promise<T>, deadline: number): Promise<T> {
  const over = new AbortController()
  const late = delay(Math.max(0, deadline - Date.now()), undefined, { signal: over.signal }).then(() => {
    throw new Error('the condition gave no answer')
  })
  try {
    return await Promise.race([late, condition()])
  } finally {
    over.abort()
    late.catch(() => {})
  }
}
