/** From an instant to another, milliseconds since 1970. */
export interface TimeSpan {
  readonly from: number
  readonly until: number
}

/** Nothing is shown closer than that. */
export const SPAN_MIN_MS = 60_000

export function widthOf({ from, until }: TimeSpan): number {
  return until - from
}

/** The whole of a history; a short one is shown in a minute. */
export function wholeOf(begins: number, ends: number): TimeSpan {
  const until = ends + 1
  return { from: Math.min(begins, until - SPAN_MIN_MS), until }
}

/** The nearest span that is in the whole, and not too narrow. */
export function within(span: TimeSpan, whole: TimeSpan): TimeSpan {
  const width = Math.min(Math.max(Math.round(widthOf(span)), SPAN_MIN_MS), widthOf(whole))
  const middle = (span.from + span.until) / 2
  const from = Math.round(Math.min(Math.max(middle - width / 2, whole.from), whole.until - width))
  return { from, until: from + width }
}

/** @param at stays where it is. @param factor below 1: closer; above: farther */
export function zoomed(span: TimeSpan, at: number, factor: number, whole: TimeSpan): TimeSpan {
  const width = Math.min(Math.max(widthOf(span) * factor, SPAN_MIN_MS), widthOf(whole))
  const share = (at - span.from) / widthOf(span)
  const from = at - share * width
  return within({ from, until: from + width }, whole)
}

/** @param share of its width: above 0 later, below 0 earlier */
export function moved(span: TimeSpan, share: number, whole: TimeSpan): TimeSpan {
  const by = widthOf(span) * share
  return within({ from: span.from + by, until: span.until + by }, whole)
}

/** So much of the end of the whole. */
export function lastOf(whole: TimeSpan, widthMs: number): TimeSpan {
  return within({ from: whole.until - widthMs, until: whole.until }, whole)
}

export function isSame(a: TimeSpan, b: TimeSpan): boolean {
  return a.from === b.from && a.until === b.until
}

/** What an address says of a span; null: nothing that can be read. */
export function spanInQuery(query: URLSearchParams): TimeSpan | null {
  const [from, until] = [query.get('from'), query.get('until')].map((text) => Date.parse(text ?? ''))
  if (from === undefined || until === undefined) return null
  return Number.isFinite(from) && Number.isFinite(until) && from < until ? { from, until } : null
}
