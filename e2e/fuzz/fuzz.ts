/** Sends hostile inputs to everything that parses outside input; see `--help`. */
import { availableParallelism } from 'node:os'
import {
  type Program,
  type ProgramContext,
  printLine,
  processContext,
  readOptions,
  runProgram,
  UsageError,
} from '@drawbridge/service-kit/program'
import { fuzzInProcesses } from './range-pool.ts'
import type { RangeResult } from './tally.ts'

const HELP = `Sends hostile inputs, generated from a seed, to every decoder of contracts, to the rules and, one in a hundred, to the
HTTP endpoints. It checks that each is read without an error, twice with the same result, and the same after it is written
again; that a refusal has a printable reason; and that the prototypes of JavaScript are untouched.

  npm run fuzz -- --inputs 10000000 --seed 7
  npm run fuzz -- --inputs 1 --seed 7 --from 4711   one input alone

  --inputs <n>    how many; 100000 if not given
  --seed <n>      which; a new one if not given, which is printed
  --from <n>      the place of the first of them; 0 if not given
  --workers <n>   processes; as many as there are processors if not given
  --help          this text

Exit codes: 0 done; 1 a promise was broken; 2 the command line is not valid.
`
const SEEDS = 2 ** 31
const SHOW_EVERY_MS = 5_000

const fuzz: Program = { help: HELP, run }

async function run(args: readonly string[], { stdout, stderr }: ProgramContext): Promise<number> {
  const text = { type: 'string' } as const
  const { values } = readOptions(args, { inputs: text, seed: text, from: text, workers: text })
  const inputs = whole('inputs', values.inputs, 100_000)
  const seed = whole('seed', values.seed, Math.floor(Math.random() * SEEDS))
  const from = whole('from', values.from, 0)
  const workers = Math.max(1, whole('workers', values.workers, availableParallelism()))
  printLine(stderr, `seed ${seed}`)
  const began = performance.now()
  let shownAt = began
  let told = 0
  const onProgress = (soFar: RangeResult) => {
    for (const { index, name, fault, input } of soFar.failures.slice(told)) {
      printLine(stdout, `input ${index} (${name}): ${fault}\n  ${input}`)
    }
    told = soFar.failures.length
    if (performance.now() - shownAt < SHOW_EVERY_MS) return
    shownAt = performance.now()
    printLine(stderr, `${soFar.inputs} of ${inputs}, ${soFar.failed} failed`)
  }
  const result = await fuzzInProcesses({ seed, from, inputs, workers, onProgress })
  const seconds = Math.round((performance.now() - began) / 1_000)
  const { accepted, failed, slowestMs, slowest } = result
  printLine(
    stdout,
    `seed ${seed}: ${result.inputs} inputs and bodies, ${accepted} accepted, ${failed} failed, in ${seconds} s; ` +
      `the slowest took ${Math.round(slowestMs)} ms: ${slowest}`,
  )
  return failed === 0 ? 0 : 1
}

function whole(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw new UsageError(`--${name} must be a whole number, got "${text}"`)
}

process.exitCode = await runProgram(fuzz, process.argv.slice(2), processContext())
