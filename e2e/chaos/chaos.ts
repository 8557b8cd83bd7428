/** Runs the whole system under load and faults, and checks the result; see `--help`. */
import {
  type Program,
  type ProgramContext,
  printLine,
  processContext,
  readOptions,
  runProgram,
  UsageError,
} from '@drawbridge/service-kit/program'
import { runChaos } from './run-chaos.ts'

const HELP = `Runs a nats-server, PostgreSQL, two guardians, two persisters and the trader service as processes. Bots report, an operator
gives commands and gates are checked, while processes are killed and frozen, disks filled and the risk log damaged, as
determined by a seed. Then it reads streams and tables, using only the documents, and compares them with what clients received.

  npm run chaos -- --seed 7 --minutes 3

  --seed <n>      the seed of the faults; a new one if not given, which is printed
  --minutes <n>   how long there are faults, 0.1 to 600; 3 if not given. Full disks and damage need 2 or more
  --json          the outcome as a line of JSON on standard output; faults are printed on standard error
  --help          this text

The same seed gives the same faults in the same order; when each ends depends on the machine. Ctrl-C stops everything.
Exit codes: 0 every promise held; 1 one was broken; 2 the command line is not valid.
`
const SEEDS = 2 ** 31
/** How many violations are listed: one fault may break a promise thousands of times. */
const SHOWN_MAX = 10

const chaos: Program = { help: HELP, run }

async function run(args: readonly string[], { stdout, stderr }: ProgramContext): Promise<number> {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = readOptions(args, { seed: text, minutes: text, json: flag })
  const seed = seedOf(values.seed)
  const seconds = minutesOf(values.minutes ?? '3') * 60
  const interruption = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort())
  const { signal: interrupted } = interruption
  const result = await runChaos({ seed, seconds, say: (line) => printLine(stderr, line), interrupted })
  const { violations, ...counts } = result
  if (values.json) printLine(stdout, JSON.stringify(result))
  else {
    for (const { promise, expected, found } of violations.slice(0, SHOWN_MAX)) {
      printLine(stdout, `seed ${seed}: ${promise}\n  expected: ${expected}\n  found:    ${found}`)
    }
    const { inputs, events, rows, acknowledged, commands, looks, faults } = counts
    printLine(
      stdout,
      `seed ${seed}: ${faults.length} faults, ${inputs} inputs, ${events} events, ${rows} rows, ${acknowledged} ticks ` +
        `acknowledged, ${commands} commands, ${looks} looks at gates: ${violations.length} violations`,
    )
  }
  return violations.length === 0 ? 0 : 1
}

function seedOf(text: string | undefined): number {
  if (text === undefined) return Math.floor(Math.random() * SEEDS)
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new UsageError(`--seed must be a whole number of at most 10 digits, got "${text}"`)
}

function minutesOf(text: string): number {
  const minutes = Number(text)
  if (minutes >= 0.1 && minutes <= 600) return minutes
  throw new UsageError(`--minutes must be a number from 0.1 to 600, got "${text}"`)
}

/** By then, the process ends even if an interrupted run left something open. */
const ENDS_WITHIN_MS = 1_000

process.exitCode = await runProgram(chaos, process.argv.slice(2), processContext())
setTimeout(() => process.exit(), ENDS_WITHIN_MS).unref()
