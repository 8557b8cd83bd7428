/**
 * The page of the console, in a real browser on the real system: a fleet of thousands of traders with 500 events a second, the
 * 20-year chart of the demo, and what many pages cost the log. Reports, and asserts nothing.
 * `npm run bench -- console --help`
 */
import { startBrowser } from './console/browser.ts'
import { Flow, firstTicks } from './console/flow.ts'
import { type FlowResult, measureFlow } from './console/measure-flow.ts'
import { costOfPages, type LogCost } from './console/measure-many-pages.ts'
import { measureChart, measurePaint, type PaintRound } from './console/measure-page.ts'
import { pageBytes } from './console/page-bytes.ts'
import { publishAndStore, startSystem } from './console/system.ts'
import { median, roundTo } from './figures.ts'
import { optionsOrExit, ROUNDS_MIN } from './options.ts'
import { appendResult, headOf, loadNow, machineLine, surroundings, versionOf } from './results.ts'
import { measureWhatIf, type WhatIfResult } from './what-if/measure-what-if.ts'

const MEASURES = ['bytes', 'whatIf', 'paint', 'chart', 'flow', 'pages'] as const

const HELP = `npm run bench -- console [--minutes 1] [--only flow,pages] [--rounds 5] [--quick] [--json]

Measures the page of the console in a real browser (Chromium, or BROWSER_PATH), with a fleet of 5,000 traders and 500
events a second. Takes about 4 minutes; with all measures and at least ${ROUNDS_MIN} rounds it appends a line to
bench/results/console.jsonl.

  --minutes  how long the page is watched while events flow (1); 10 to see whether its heap grows
  --only     some of ${MEASURES.join(', ')}
  --rounds   how often the page and the chart are opened, 1 to 50 (${ROUNDS_MIN})
  --quick    small sizes and one round, to see that the bench works
  --json     the result as one line of JSON, last on standard output`

interface Sizes {
  readonly traders: number
  readonly eventsPerSecond: number
  readonly pages: number
  readonly readings: number
}

interface Result {
  readonly bytes?: ReturnType<typeof pageBytes>
  readonly whatIf?: WhatIfResult['ratios']
  readonly paint?: readonly PaintRound[]
  readonly chart?: readonly { readonly drawnMs: number }[]
  readonly flow?: FlowResult
  readonly pages?: readonly LogCost[]
}

const options = optionsOrExit<(typeof MEASURES)[number], Sizes>({
  name: 'console',
  help: HELP,
  measures: MEASURES,
  recorded: MEASURES,
  full: { traders: 5_000, eventsPerSecond: 500, pages: 200, readings: 1_000_000 },
  quick: { traders: 500, eventsPerSecond: 100, pages: 20, readings: 50_000 },
  quickMeasures: MEASURES,
  minutes: 1,
})
const { sizes, rounds, minutes } = options
const loadBefore = loadNow()
const wants = (...names: readonly string[]) => options.measures.some((measure) => names.includes(measure))
const { result, versions } = await measure()
const table = [...rowsOfPage(result), ...rowsOfFlow(result)]
console.table(table)
console.log(`${sizes.traders} traders, ${sizes.eventsPerSecond} events/s, ${minutes} min; ${machineLine()}`)
const record = {
  ...headOf('console'),
  ...result,
  settings: { ...sizes, rounds, minutes, storage: 'file' },
  ...surroundings(versions, loadBefore),
}
if (options.isRecorded) console.log(`appended to ${appendResult(record)}`)
if (options.json) console.log(JSON.stringify(record))

async function measure(): Promise<{ readonly result: Result; readonly versions: object }> {
  // First, while nothing else runs.
  const whatIf = wants('whatIf') ? { whatIf: measureWhatIf(sizes.readings, Math.min(rounds, 2)).ratios } : {}
  await using system = await startSystem()
  const bytes = wants('bytes') ? { bytes: pageBytes() } : {}
  const { server, url } = system
  if (wants('paint', 'flow', 'pages')) await publishAndStore(server, firstTicks(sizes.traders))
  const { browser, release } = await startBrowser()
  const versions = { ...system.versions, browser: browser.version(), playwright: versionOf('playwright-core') }
  const paint = wants('paint') ? { paint: await measurePaint(browser, url, rounds) } : {}
  const chart = wants('chart') ? { chart: await measureChart(browser, url, rounds) } : {}
  const flow = new Flow(server.connection, sizes.traders, sizes.eventsPerSecond)
  flow.start()
  try {
    const flowed = wants('flow') ? { flow: await measureFlow(browser, { url, server, flow, minutes }) } : {}
    const pages = wants('pages')
      ? { pages: [await costOfPages(server, url, 1), await costOfPages(server, url, sizes.pages)] }
      : {}
    return { result: { ...bytes, ...whatIf, ...paint, ...chart, ...flowed, ...pages }, versions }
  } finally {
    await flow.stop()
    await release()
  }
}

interface Row {
  readonly figure: string
  readonly value: number | string
  readonly target: string
}

function rowsOfPage({ bytes, whatIf, paint = [], chart = [] }: Result): readonly Row[] {
  const row = (figure: string, value: number | undefined, target = '-'): readonly Row[] =>
    value === undefined || Number.isNaN(value) ? [] : [{ figure, value, target }]
  return [
    ...row('page gzipped, bytes', bytes?.page, 'at most 100,000'),
    ...row('worker gzipped, bytes', bytes?.worker, 'at most 50,000'),
    ...row('what-if over decoding', whatIf?.judgeOverDecode, 'at most 3'),
    ...row('what-if by tighter limits over decoding', whatIf?.judgeTighterOverDecode, 'at most 3'),
    ...row('first paint, ms', roundTo(median(paint.map(({ firstPaint }) => firstPaint)), 0)),
    ...row('first traders painted, ms', roundTo(median(paint.map(({ firstRow }) => firstRow)), 0), 'below 1,000'),
    ...row('20-year chart after its data, ms', roundTo(median(chart.map(({ drawnMs }) => drawnMs)), 0), 'below 300'),
  ]
}

function rowsOfFlow({ flow, pages = [] }: Result): readonly Row[] {
  const row = (figure: string, value: number | string, target = '-'): Row => ({ figure, value, target })
  const of = ({ p50Ms, p99Ms, maxMs }: FlowResult['frames']) => `${p50Ms} / ${p99Ms} / ${maxMs}`
  const mb = (bytes: number) => roundTo(bytes / 2 ** 20, 2)
  const [first, last] = [flow?.held[0], flow?.held.at(-1)]
  return [
    ...(flow === undefined || first === undefined || last === undefined
      ? []
      : [
          row('events a second', flow.eventsPerSecond),
          row('stored to on screen, ms: p50 / p99 / longest', of(flow.shown), 'p99 at most 500'),
          row('heap at the beginning / at the end, MB', `${mb(first.heapBytes)} / ${mb(last.heapBytes)}`, 'no growth'),
          row('nodes at the beginning / at the end', `${first.nodes} / ${last.nodes}`, 'no growth'),
          row('listeners at the beginning / at the end', `${first.listeners} / ${last.listeners}`, 'no growth'),
          row('frames, ms: p50 / p99 / longest', of(flow.frames)),
          row('frames while scrolling, ms: p50 / p99 / longest', of(flow.scrollFrames)),
        ]),
    ...pages.flatMap(({ pages: count, consumers, deliveredPerEvent, bytesPerSecond }) => [
      row(`consumers of RISK, ${count} more pages`, consumers, 'as many'),
      row(`messages that RISK delivers per event, ${count} more pages`, deliveredPerEvent, 'as many'),
      row(`sent to ${count} pages, KB/s`, Math.round(bytesPerSecond / 1_000)),
    ]),
  ]
}
