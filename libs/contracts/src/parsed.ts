import { printable } from './printable.ts'

/** What could not be read, and why, in words for a person. */
export interface Refused {
  readonly ok: false
  readonly reason: string
  /** What the reading threw, where the fault is ours. */
  readonly error?: unknown
}

/** The outcome of reading something that may be wrong: the value, or a reason a person understands. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | Refused

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

export function refused(reason: string): Refused {
  return { ok: false, reason }
}

/**
 * Makes a reader that never throws. Whatever it throws all the same, by a fault of ours that one message brings out, is a
 * refusal: no message may hold up those behind it, again after each restart.
 */
export function total<Args extends unknown[], T>(read: (...args: Args) => Parsed<T>): (...args: Args) => Parsed<T> {
  return (...args) => {
    try {
      return read(...args)
    } catch (error) {
      return { ok: false, reason: `could not be read: ${inWords(error)}`, error }
    }
  }
}

/** What was thrown, in a line: the name of the error and what it says. */
export function inWords(error: unknown): string {
  return printable(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
}
