import type { TraderId } from '@drawbridge/contracts'
import { type Extent, type HistoryReader, readExtent, type Select, type Span } from '@drawbridge/history/reads'
import { HttpFault } from '@drawbridge/service-kit'
import type { FastifyRequest } from 'fastify'
import { historyFault } from '../history-fault.ts'
import type { KnownTraders } from '../inbound/known-traders.ts'
import { requireToRead, traderOf } from './asking.ts'
import { readSpan, type SpanQuery, spanOf } from './history-span.ts'

/** What the routes of the history read from. */
export interface History {
  readonly reader: HistoryReader
  /** The traders that there are, whether or not the history has an event of them. */
  readonly known: KnownTraders
}

/** Reads what a route answers. @throws a fault that says why the history cannot be read */
export async function readHistory<T>(reader: HistoryReader, work: (select: Select) => Promise<T>): Promise<T> {
  try {
    return await reader.read(work)
  } catch (error) {
    throw historyFault(error)
  }
}

/**
 * Reads of a trader and the span that the query names.
 * @throws if there is no such span, or the history knows no such trader
 */
export async function readOfSpan<T>(
  { reader, known }: History,
  request: FastifyRequest<{ Params: { id: string }; Querystring: SpanQuery }>,
  work: (select: Select, span: Span, extent: Extent) => Promise<T>,
): Promise<T> {
  const trader = traderOf(request.params.id)
  const asked = readSpan(request.query)
  const found = await readHistory(reader, async (select) => {
    const extent = await readExtent(select, trader)
    return extent === null ? null : { read: await work(select, spanOf(trader, asked, extent), extent) }
  })
  if (found === null) throw await withoutHistory(known, request, trader)
  return found.read
}

/** Why the history has nothing of a trader. */
export async function withoutHistory(
  known: KnownTraders,
  request: FastifyRequest,
  trader: TraderId,
): Promise<HttpFault> {
  await requireToRead(known, request, trader)
  const words = `the history has no event of trader "${trader}"; persisters write it, a moment after an event is stored`
  return new HttpFault(404, 'no-history', words)
}
