/** Runs the deterministic simulation; see `--help`. */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Presets, SingleBar } from 'cli-progress'
import { plants } from './plants.ts'
import type { SeedResult } from './run-seed.ts'
import { runSeeds } from './seed-pool.ts'

const HELP = `Runs traders, risk guardians and persisters in one process, on virtual time, against a NATS server and a database in
memory that go wrong as a seed says, and looks after each step whether the promises of Drawbridge hold.

  npm run simulate -- --seeds 2000      seeds 1 to 2000
  npm run simulate -- --seed 17         one seed, with its trace

  --seeds <n>      how many seeds; 100 if not given
  --from <n>       the first of them; 1 if not given
  --seed <n>       this one alone, and print its trace
  --trace <file>   write the whole trace of --seed, or of the seed that failed, into a file
  --plant <name>   with a bug in the product; see e2e/simulation/plants.ts
  --workers <n>    processes; as many as there are processors if not given, at most 8
  --go-on          also after a seed has failed; those that failed are listed
  --json           the outcome as a line of JSON
  --help           these words

The same seed gives the same trace. Exit code 1: an invariant was violated; 2: wrong arguments.`
/** Of a trace, on the screen. */
const LINES_SHOWN = 200

interface Arguments {
  readonly from: number
  readonly count: number
  readonly one: boolean
  readonly workers: number
  readonly plant: string | null
  readonly traceFile: string | null
  readonly json: boolean
  readonly goOn: boolean
}

function readArguments(): Arguments | null {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      trace: { type: 'string' },
      plant: { type: 'string' },
      workers: { type: 'string', default: String(Math.min(8, availableParallelism())) },
      json: { type: 'boolean', default: false },
      'go-on': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const one = values.seed !== undefined
  const names = plants.map(({ name }) => name)
  if (values.plant !== undefined && !names.includes(values.plant)) {
    throw new Error(`no plant is called ${values.plant}; there are: ${names.join(', ')}`)
  }
  return {
    from: wholeNumber('seed', values.seed ?? values.from),
    count: one ? 1 : wholeNumber('seeds', values.seeds),
    one,
    workers: wholeNumber('workers', values.workers),
    plant: values.plant ?? null,
    traceFile: values.trace ?? null,
    json: values.json,
    goOn: values['go-on'],
  }
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 1) return number
  throw new Error(`--${name} must be a whole number from 1 up, not ${text}`)
}

async function simulate({ from, count, one, workers, plant, traceFile, json, goOn }: Arguments): Promise<boolean> {
  const bar = new SingleBar(
    { format: '{bar} {value}/{total} seeds, {eta_formatted} left', noTTYOutput: false },
    Presets.rect,
  )
  const showBar = !json && !one && process.stderr.isTTY === true
  if (showBar) bar.start(count, 0)
  const startedAt = performance.now()
  const failed: SeedResult[] = []
  let only: SeedResult | null = null
  const digests = new Map<number, string>()
  let done = 0
  let virtualMs = 0
  let steps = 0
  await runSeeds({
    from,
    count,
    workers,
    plant,
    withTrace: one,
    goOn,
    onResult(result) {
      done += 1
      digests.set(result.seed, result.digest)
      virtualMs += result.elapsedMs
      steps += result.steps
      if (one) only = result
      if (result.violation !== null) failed.push(result)
      if (showBar) bar.update(done)
    },
  }).finally(() => bar.stop())
  // Several processes: of those that failed the first by number, not by time.
  const first = failed.sort((a, b) => a.seed - b.seed)[0] ?? null
  const shown = first ?? (only as SeedResult | null)
  if (traceFile !== null && shown !== null) await writeFile(traceFile, `${shown.trace.join('\n')}\n`)
  const seconds = (performance.now() - startedAt) / 1000
  if (json) {
    const failure = first === null ? null : { seed: first.seed, ...first.violation }
    const digest = digestOf(digests)
    const virtualSeconds = round(virtualMs / 1000)
    console.log(JSON.stringify({ from, seeds: done, failure, seconds: round(seconds), virtualSeconds, steps, digest }))
    return first === null
  }
  if (shown !== null) console.log((one ? shown.trace : shown.trace.slice(-LINES_SHOWN)).join('\n'))
  console.log(
    `${done} seeds, ${Math.round(virtualMs / 60_000)} virtual minutes in ${seconds.toFixed(1)} s (${(done / seconds).toFixed(1)} seeds/s)`,
  )
  if (first === null) return true
  if (goOn)
    for (const { seed, violation } of failed)
      console.log(`${seed} ${violation?.invariant}: ${violation?.what.slice(0, 150)}`)
  console.log(`seed ${first.seed} failed. ${first.violation?.invariant}: ${first.violation?.what}`)
  console.log(
    `Again, with the whole trace: npm run simulate -- --seed ${first.seed}${plant === null ? '' : ` --plant ${plant}`}`,
  )
  return false
}

/** One hash of all traces, in the order of the seeds. */
function digestOf(digests: ReadonlyMap<number, string>): string {
  const hash = createHash('sha256')
  for (const [, digest] of [...digests].sort(([a], [b]) => a - b)) hash.update(digest)
  return hash.digest('hex')
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10
}

try {
  const given = readArguments()
  if (given === null) console.log(HELP)
  else process.exitCode = (await simulate(given)) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 2
}
