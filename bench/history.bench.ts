/**
 * What reads of the history take, which the page of the console waits for: of all of a long history, of a quarter and of a day,
 * on plain PostgreSQL, from the events alone and with blocks of them. `npm run bench -- history --help`
 */
import { makeHistoryBlocks } from '@drawbridge/history'
import {
  HistoryReader,
  readBlockedPeriods,
  readDrawdowns,
  readEquity,
  readExtent,
  readMarks,
  readTradingDays,
  type Select,
  type Span,
} from '@drawbridge/history/reads'
import pg from 'pg'
import { median } from './figures.ts'
import { fillHistory, TRADER } from './history/fill-history.ts'
import { optionsOrExit, ROUNDS_MIN } from './options.ts'
import { startDatabase } from './persister/databases.ts'
import { appendResult, headOf, loadNow, machineLine, surroundings } from './results.ts'

const DAY_MS = 86_400_000
/** About one a pixel: each has its lowest and its highest. */
const POINTS = 1_300
const WITHIN_MS = 300_000

const READS: Readonly<Record<string, (select: Select, span: Span) => Promise<unknown>>> = {
  chart: (select, span) => readEquity(select, span, POINTS),
  blocked: (select, span) => readBlockedPeriods(select, span, 500),
  marks: (select, span) => readMarks(select, span, 500),
  days: (select, span) => readTradingDays(select, span, 400),
  drawdowns: (select, span) => readDrawdowns(select, span, 10),
}

const HELP = `npm run bench -- history [--rounds ${ROUNDS_MIN}] [--quick] [--json]

Fills a private PostgreSQL with 2 million events of one trader, and reads them as the page of the console does, without and
with blocks. Takes about 5 minutes; with at least ${ROUNDS_MIN} rounds it appends a line to bench/results/history.jsonl.

  --rounds   how often each is read, 1 to 50 (${ROUNDS_MIN}); the figures are medians
  --quick    few events and one round, to see that the bench works
  --json     the result as one line of JSON, last on standard output`

const { sizes, rounds, json, isRecorded } = optionsOrExit<'reads', { readonly events: number }>({
  name: 'history',
  help: HELP,
  measures: ['reads'],
  recorded: ['reads'],
  full: { events: 2_000_000 },
  quick: { events: 50_000 },
  quickMeasures: ['reads'],
})
const loadBefore = loadNow()
await using databases = await startDatabase('postgres')
await using database = await databases.fresh()
await fillHistory(database, sizes.events)
const pool = new pg.Pool({ connectionString: database.url, max: 1 })
const reader = new HistoryReader(pool, WITHIN_MS)
const spans = await spansOf()
const events = await measure()
const begun = performance.now()
await makeBlocks()
const makeMs = Math.round(performance.now() - begun)
const blocks = await measure()
await pool.end()

const rows = Object.keys(READS).flatMap((read) =>
  Object.keys(spans).map((span) => {
    const key = `${read} ${span}`
    return { read, of: span, 'events alone, ms': events[key], 'with blocks, ms': blocks[key] }
  }),
)
console.table(rows)
console.log(`${sizes.events} events of one trader, ${databases.version}; blocks made in ${makeMs} ms; ${machineLine()}`)
const record = {
  ...headOf('history'),
  readMs: { events, blocks },
  makeMs,
  settings: { ...sizes, rounds, points: POINTS },
  ...surroundings({ database: databases.version }, loadBefore),
}
if (isRecorded) console.log(`appended to ${appendResult(record)}`)
if (json) console.log(JSON.stringify(record))

async function spansOf(): Promise<Readonly<Record<string, Span>>> {
  const extent = await reader.read((select) => readExtent(select, TRADER))
  if (extent === null) throw new Error('the history is empty')
  const { begins, ends } = extent
  const middle = (begins + ends) / 2
  const span = (from: number, until: number): Span => ({
    trader: TRADER,
    from: Math.floor(from),
    until: Math.floor(until),
  })
  return {
    all: span(begins, ends + 1),
    quarter: span(middle, middle + 91 * DAY_MS),
    day: span(middle, middle + DAY_MS),
  }
}

/** The median of each read of each span, milliseconds; the first of each is not counted. */
async function measure(): Promise<Readonly<Record<string, number>>> {
  const medians: Record<string, number> = {}
  for (const [name, read] of Object.entries(READS)) {
    for (const [of, span] of Object.entries(spans)) {
      const times: number[] = []
      for (let round = -1; round < rounds; round += 1) {
        const started = performance.now()
        await reader.read((select) => read(select, span))
        if (round >= 0) times.push(performance.now() - started)
      }
      medians[`${name} ${of}`] = Math.round(median(times))
    }
  }
  return medians
}

async function makeBlocks(): Promise<void> {
  const client = await pool.connect()
  await makeHistoryBlocks(client).finally(() => client.release())
}
