import { Readable } from 'node:stream'
import { type EventRow, type HistoryReader, readEventPage, type Span } from '@drawbridge/history/reads'
import { type HttpServer, traderInPath } from '@drawbridge/service-kit'
import Type from 'typebox'
import { csvLine } from '../core/csv.ts'
import { csvAnswer } from './history-answers.ts'
import { spanQuery } from './history-span.ts'
import { type History, readHistory, readOfSpan } from './read-history.ts'
import { traderParams as params } from './schemas.ts'

const config = { access: 'read', aboutTraders: traderInPath } as const
const querystring = Type.Object(spanQuery)
/** Events in memory at a time. */
const PAGE = 2_000

const COLUMNS = [
  'effective_at',
  'recorded_at',
  'version',
  'event_type',
  'equity',
  'balance',
  'peak',
  'daily_pnl',
  'drawdown_pct',
  'code',
  'paused_until',
  'reason',
  'trace_id',
] as const satisfies readonly (keyof EventRow)[]

/** Events of a trader as a table for a spreadsheet. */
export function addExportRoutes(server: HttpServer, history: History): void {
  const summary = 'Events of a trader as CSV, in the order of time'
  const schema = { summary, tags: ['history'], params, querystring, response: csvAnswer }
  server.get('/api/history/traders/:id/events.csv', { config, schema }, async (request, reply) => {
    // What can be refused is refused before the first line is sent.
    const begin = await readOfSpan(history, request, async (select, span) => {
      return { span, page: await readEventPage(select, span, null, PAGE) }
    })
    const name = `${begin.span.trader.replaceAll(/[^\w.-]/g, '_')}.csv`
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${name}"`)
      .header('cache-control', 'no-store')
      .send(Readable.from(csv(history.reader, begin.span, begin.page)))
  })
}

/** The next page is read when whoever downloads has taken the one before. */
async function* csv(reader: HistoryReader, span: Span, first: readonly EventRow[]): AsyncGenerator<string> {
  yield csvLine(COLUMNS)
  for (let page = first; page.length > 0; ) {
    yield page.map((row) => csvLine(COLUMNS.map((name) => row[name]))).join('')
    const last = page.at(-1) ?? null
    page = page.length < PAGE ? [] : await readHistory(reader, (select) => readEventPage(select, span, last, PAGE))
  }
}
