/**
 * What metrics and tracing cost the guardian. Everything is real: nats-server, the guardian's own process, scrapes once a
 * second, a collector that takes the spans.
 * `node bench/metrics.bench.ts --help`
 */
import { loadavg } from 'node:os'
import { gitCommit, machine, machineLine, median, roundTo } from './machine.ts'
import { type Measured, measure } from './metrics/measure.ts'
import { measureCalls } from './metrics/measure-calls.ts'
import { HELP, type Options, readOptions } from './metrics/options.ts'
import { optionsOrExit } from './options-or-exit.ts'
import { appendResult } from './results-file.ts'
import { ROUNDS_MIN } from './rounds.ts'

const TARGET = 'at least 0.95'

const options = optionsOrExit('metrics', readOptions, HELP)
if (options.help) console.log(HELP)
else await run(options)

async function run({ rounds: count, quick, json }: Options): Promise<void> {
  const before = loadavg()[0] ?? 0
  const callsNs = await measureCalls()
  let done = 0
  const measured = await measure(options, (round) => {
    done += 1
    console.error(`metrics ${done}/${count} ${JSON.stringify(round)}`)
  })
  const figures = figuresOf(measured)
  const ratios = Object.fromEntries(Object.entries(figures).map(([name, values]) => [name, roundTo(median(values), 3)]))
  const { rounds, scrapesMs, natsServer } = measured
  const result = {
    bench: 'metrics',
    date: new Date().toISOString(),
    ratios,
    callsNs,
    scrapeMs: roundTo(median(scrapesMs), 1),
    rounds,
    settings: { rounds: count, ticks: options.ticks, traders: options.traders, sampledEvery: options.sampledEvery },
    versions: { node: process.version, natsServer, commit: gitCommit() },
    machine: { ...machine(), load: { before, after: loadavg()[0] ?? 0 } },
  }
  console.table(
    Object.entries(figures).map(([figure, values]) => ({
      figure,
      median: ratios[figure],
      least: roundTo(Math.min(...values), 3),
      most: roundTo(Math.max(...values), 3),
      target: figure.endsWith('PerSecond') ? TARGET : '-',
    })),
  )
  console.log(`nanoseconds a call: ${JSON.stringify(callsNs)}`)
  console.log(`a scrape takes ${result.scrapeMs} ms; nats-server ${natsServer}, file storage; ${machineLine()}`)
  if (!quick && count >= ROUNDS_MIN) console.log(`appended to ${appendResult(result)}`)
  if (json) console.log(JSON.stringify(result))
}

/** Each over the guardian with neither in the same round: decisions a second, and processor time of a decision. */
function figuresOf({ rounds }: Measured): Readonly<Record<string, readonly number[]>> {
  return {
    metricsPerSecond: rounds.map(({ metrics, neither }) => metrics.perSecond / neither.perSecond),
    tracingPerSecond: rounds.map(({ tracing, neither }) => tracing.perSecond / neither.perSecond),
    metricsProcessor: rounds.map(({ metrics, neither }) => metrics.cpuMicros / neither.cpuMicros),
    tracingProcessor: rounds.map(({ tracing, neither }) => tracing.cpuMicros / neither.cpuMicros),
  }
}
