const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Co}\p{Cn}]/gu
const HALF_CHARACTER_AT_END = /[\uD800-\uDBFF]$/

/** Makes text from outside safe for a log line and a database column: no control characters, at most 200 characters. */
export function printable(text: string, limit = 200): string {
  const clean = text.slice(0, limit + 1).replace(UNPRINTABLE, '�')
  return text.length > limit ? `${clean.slice(0, limit - 3).replace(HALF_CHARACTER_AT_END, '')}...` : clean
}
