import { parseArgs } from 'node:util'

/** A figure is the median of at least this many rounds. */
export const ROUNDS_MIN = 5

const MINUTES_MAX = 120

/** What a bench can measure. */
interface Bench<Measure extends string, Sizes> {
  readonly name: string
  readonly help: string
  readonly measures: readonly Measure[]
  /** A line of the results needs all of these. */
  readonly recorded: readonly Measure[]
  readonly full: Sizes
  /** To check that the bench itself works; its figures mean little. */
  readonly quick: Sizes
  readonly quickMeasures: readonly Measure[]
  /** How long the longest measure usually takes; absent: nobody may choose. */
  readonly minutes?: number
}

export interface Options<Measure extends string, Sizes> {
  readonly json: boolean
  readonly measures: readonly Measure[]
  readonly rounds: number
  readonly minutes: number
  readonly sizes: Sizes
  /** Whether the result is worth a line in `bench/results`. */
  readonly isRecorded: boolean
}

/** The options of this process. Prints the help if asked, or if an option is not valid; then the process exits. */
export function optionsOrExit<Measure extends string, Sizes>(bench: Bench<Measure, Sizes>): Options<Measure, Sizes> {
  try {
    const args = process.argv.slice(2).filter((argument) => argument !== bench.name)
    const options = readOptions(args, bench)
    if (options !== null) return options
    console.log(bench.help)
    process.exit(0)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${bench.help}`)
    process.exit(2)
  }
}

/** Null: help is wanted. @throws if an option is unknown or not valid */
function readOptions<Measure extends string, Sizes>(
  args: string[],
  bench: Bench<Measure, Sizes>,
): Options<Measure, Sizes> | null {
  const { values } = parseArgs({
    args,
    options: {
      help: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      rounds: { type: 'string' },
      minutes: { type: 'string' },
    },
  })
  const { help, json, quick, only } = values
  const rounds = Number(values.rounds ?? (quick ? 1 : ROUNDS_MIN))
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 50) throw new Error('--rounds must be 1 to 50')
  const minutes = minutesOf(values.minutes, bench.minutes)
  const usual = quick ? bench.quickMeasures : bench.measures
  const measures = only === undefined ? usual : only.split(',').map((name) => known(name, bench.measures))
  const isWhole = bench.recorded.every((measure) => measures.includes(measure))
  const isRecorded = isWhole && !quick && rounds >= ROUNDS_MIN
  return help ? null : { json, measures, rounds, minutes, sizes: quick ? bench.quick : bench.full, isRecorded }
}

function minutesOf(text: string | undefined, usual: number | undefined): number {
  if (text === undefined) return usual ?? 0
  const minutes = Number(text)
  if (usual === undefined) throw new Error('this bench has no --minutes')
  if (!(minutes > 0 && minutes <= MINUTES_MAX)) throw new Error(`--minutes must be above 0 and at most ${MINUTES_MAX}`)
  return minutes
}

function known<Measure extends string>(name: string, measures: readonly Measure[]): Measure {
  const measure = measures.find((one) => one === name)
  if (measure === undefined) throw new Error(`unknown measure "${name}"; measures: ${measures.join(', ')}`)
  return measure
}
