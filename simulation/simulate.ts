/** Runs the deterministic simulation; see `--help`. */
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { Presets, SingleBar } from 'cli-progress'
import { mutants } from './mutants.ts'
import type { SeedResult } from './run-seed.ts'
import { crashPointsOf, type ScenarioName, scenarioNames } from './scenarios/scenarios.ts'
import { runSeeds } from './seed-pool.ts'

const HELP = `Runs traders, risk guardians and persisters in one process, on virtual time, against a NATS server and a database in
memory that fail as a seed says, and checks after each step that the promises of Drawbridge hold.

  npm run simulate -- --seeds 2000      seeds 1 to 2000
  npm run simulate -- --seed 17         one seed, with its trace

  --seeds <n>      how many seeds; 100 if not given
  --from <n>       the first of them; 1 if not given
  --seed <n>       only this one, and print its trace
  --scenario <s>   what a seed means; see simulation/scenarios/scenarios.ts:
                     faults            everything that can go wrong, as the seed says; the default
                     guardian-awaits   a process dies, or its connection breaks, at each of its awaits in turn;
                     standby-awaits      all of them if --seeds is not given
                     persister-awaits
                     trader-awaits
                     takeover          the active guardian dies or is stopped under load
                     damage            the disk loses a part of RISK: holes, a block, the end, all since an older copy
  --trace <file>   write the whole trace of --seed, or of the seed that failed, into a file
  --mutant <name>  with a bug in the product; see simulation/mutants.ts
  --workers <n>    processes; as many as there are processors if not given, at most 8
  --go-on          go on after a seed has failed; lists the failed seeds
  --json           the outcome as a line of JSON
  --help           this text

The same seed gives the same trace. Exit code 1: an invariant was violated; 2: wrong arguments.`
/** Lines of a trace on the screen. */
const LINES_SHOWN = 200

interface Arguments {
  readonly scenario: ScenarioName
  readonly from: number
  /** Null: as many as the scenario has. */
  readonly count: number | null
  readonly one: boolean
  readonly workers: number
  readonly mutant: string | null
  readonly traceFile: string | null
  readonly json: boolean
  readonly goOn: boolean
}

function readArguments(): Arguments | null {
  const { values } = parseArgs({
    options: {
      scenario: { type: 'string', default: 'faults' },
      seeds: { type: 'string' },
      from: { type: 'string', default: '1' },
      seed: { type: 'string' },
      trace: { type: 'string' },
      mutant: { type: 'string' },
      workers: { type: 'string', default: String(Math.min(8, availableParallelism())) },
      json: { type: 'boolean', default: false },
      'go-on': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const one = values.seed !== undefined
  const names = mutants.map(({ name }) => name)
  if (values.mutant !== undefined && !names.includes(values.mutant)) {
    throw new Error(`no mutant is called ${values.mutant}; mutants: ${names.join(', ')}`)
  }
  const scenario = scenarioNames.find((name) => name === values.scenario)
  if (scenario === undefined) {
    throw new Error(`no scenario is called ${values.scenario}; scenarios: ${scenarioNames.join(', ')}`)
  }
  const seeds = values.seeds ?? (crashPointsOf(scenario) === null ? '100' : null)
  return {
    scenario,
    from: wholeNumber('seed', values.seed ?? values.from),
    count: one ? 1 : seeds === null ? null : wholeNumber('seeds', seeds),
    one,
    workers: wholeNumber('workers', values.workers),
    mutant: values.mutant ?? null,
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

async function simulate(given: Arguments): Promise<boolean> {
  const { scenario, from, one, workers, mutant, traceFile, json, goOn } = given
  const awaits = crashPointsOf(scenario) === null ? null : await countAwaits(given)
  // Two seeds for each await; at least one, because a failure of seed 0 counts too.
  const count = given.count ?? Math.max(1, (awaits ?? 0) * 2)
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
  let longestWaitMs = 0
  await runSeeds({
    scenario,
    from,
    count,
    workers,
    mutant,
    withTrace: one,
    goOn,
    onResult(result) {
      done += 1
      digests.set(result.seed, result.digest)
      virtualMs += result.elapsedMs
      steps += result.steps
      longestWaitMs = Math.max(longestWaitMs, result.longestWaitMs)
      if (one) only = result
      if (result.violation !== null) failed.push(result)
      if (showBar) bar.update(done)
    },
  }).finally(() => bar.stop())
  // Several processes run: the first failed seed by number, not by time.
  const first = failed.sort((a, b) => a.seed - b.seed)[0] ?? null
  const shown = first ?? (only as SeedResult | null)
  if (traceFile !== null && shown !== null) await writeFile(traceFile, `${shown.trace.join('\n')}\n`)
  const seconds = (performance.now() - startedAt) / 1000
  if (json) {
    const failure = first === null ? null : { seed: first.seed, ...first.violation }
    const digest = digestOf(digests)
    const virtualSeconds = round(virtualMs / 1000)
    const counts = { scenario, from, seeds: done, awaits, failure, seconds: round(seconds), virtualSeconds, steps }
    console.log(JSON.stringify({ ...counts, longestWaitMs, digest }))
    return first === null
  }
  if (shown !== null) console.log((one ? shown.trace : shown.trace.slice(-LINES_SHOWN)).join('\n'))
  console.log(
    `${done} seeds, ${Math.round(virtualMs / 60_000)} virtual minutes in ${seconds.toFixed(1)} s (${(done / seconds).toFixed(1)} seeds/s)`,
  )
  if (awaits !== null) console.log(`${crashPointsOf(scenario)} has ${awaits} awaits; each has two seeds`)
  if (scenario === 'takeover') console.log(`an input waited ${longestWaitMs} ms at most`)
  if (first === null) return true
  if (goOn)
    for (const { seed, violation } of failed)
      console.log(`${seed} ${violation?.invariant}: ${violation?.what.slice(0, 150)}`)
  console.log(`seed ${first.seed} failed. ${first.violation?.invariant}: ${first.violation?.what}`)
  console.log(
    `Again, with the whole trace: npm run simulate -- --seed ${first.seed}${scenario === 'faults' ? '' : ` --scenario ${scenario}`}${mutant === null ? '' : ` --mutant ${mutant}`}`,
  )
  return false
}

/** In a run without a crash point. */
async function countAwaits({ scenario, mutant }: Arguments): Promise<number> {
  let awaits = 0
  await runSeeds({
    ...{ scenario, from: 0, count: 1, workers: 1, mutant, withTrace: false, goOn: true },
    onResult: (result) => {
      awaits = result.awaits
    },
  })
  return awaits
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
