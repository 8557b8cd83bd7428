/** A refusal: what is wrong, in words for a person. */
export interface Refused {
  readonly ok: false
  readonly reason: string
  /** The error that parsing threw, if the fault is ours. */
  readonly error?: unknown
}

/** The result of parsing: the value, or a reason that a person understands. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | Refused

export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

export function refused(reason: string): Refused {
  return { ok: false, reason }
}

/**
 * Makes a parser that never throws. If one message triggers a bug of ours, the error becomes a refusal: no message may
 * block later ones, again after each restart.
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

/** A thrown value in one line: the name of the error and its message. */
export function inWords(error: unknown): string {
  return printable(error instanceof Error ? `${error.name}: ${error.message}` : String(error))
}

const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/gu
const HALF_CHARACTER_AT_END = /[\uD800-\uDBFF]$/

/** Makes text from outside safe for a log line and a database column: no control characters, at most 200 characters. */
export function printable(text: string, limit = 200): string {
  const clean = text.slice(0, limit + 1).replace(UNPRINTABLE, '�')
  return text.length > limit ? `${clean.slice(0, limit - 3).replace(HALF_CHARACTER_AT_END, '')}...` : clean
}
