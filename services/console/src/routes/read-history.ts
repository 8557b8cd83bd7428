import type { TraderId } from '@drawbridge/contracts'
import { type Extent, type HistoryReader, readExtent, type Select, type Span } from '@drawbridge/history/reads'
import { HttpFault } from '@drawbridge/service-kit'
import { historyFault } from '../history-fault.ts'
import { traderOf } from './asking.ts'
import { readSpan, type SpanQuery, spanOf } from './history-span.ts'

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
  reader: HistoryReader,
  id: string,
  query: SpanQuery,
  work: (select: Select, span: Span, extent: Extent) => Promise<T>,
): Promise<T> {
  const trader = traderOf(id)
  const asked = readSpan(query)
  return readHistory(reader, async (select) => {
    const extent = await readExtent(select, trader)
    if (extent === null) throw withoutHistory(trader)
    return work(select, spanOf(trader, asked, extent), extent)
  })
}

export function withoutHistory(trader: TraderId): HttpFault {
  const words = `the history has no event of trader "${trader}"; persisters write it, a moment after an event is stored`
  return new HttpFault(404, 'no-history', words)
}
