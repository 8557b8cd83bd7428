import { formatInstant, type Instant, parseInstant, type TraderId } from '@drawbridge/contracts'
import type { Extent, Span } from '@drawbridge/history/reads'
import { HttpFault } from '@drawbridge/service-kit'
import Type from 'typebox'

export const spanQuery = {
  from: Type.Optional(Type.String({ description: 'a time with a zone; absent: the first event of the history' })),
  until: Type.Optional(Type.String({ description: 'a time with a zone, not included; absent: after the last event' })),
}

export interface SpanQuery {
  readonly from?: string
  readonly until?: string
}

export function instantIn(name: string, text: string): Instant {
  const instant = parseInstant(text)
  if (instant.ok) return instant.value
  throw new HttpFault(400, 'invalid-query', `${name} ${instant.reason}`)
}

/** What of a span the query says. @throws if it is none */
export function readSpan({ from, until }: SpanQuery): {
  readonly from: Instant | null
  readonly until: Instant | null
} {
  const span = {
    from: from === undefined ? null : instantIn('from', from),
    until: until === undefined ? null : instantIn('until', until),
  }
  if (span.from !== null && span.until !== null && span.until <= span.from) {
    const got = `got ${formatInstant(span.until)}, and from is ${formatInstant(span.from)}`
    throw new HttpFault(400, 'invalid-query', `until must be after from: ${got}`)
  }
  return span
}

/** The whole span; what the query leaves out is where the trader's history begins or ends. */
export function spanOf(trader: TraderId, asked: ReturnType<typeof readSpan>, { begins, ends }: Extent): Span {
  const from = asked.from ?? Math.min(begins, (asked.until ?? Number.POSITIVE_INFINITY) - 1)
  return { trader, from, until: asked.until ?? Math.max(ends, from) + 1 }
}

export function toldSpan({ from, until }: Span) {
  return { from: formatInstant(from), until: formatInstant(until) }
}
