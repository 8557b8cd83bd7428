import { parseArgs } from 'node:util'
import { ROUNDS_MIN, readRounds } from '../rounds.ts'

export const MEASURES = ['catchUp', 'latency', 'growth', 'memory', 'restart'] as const
export type Measure = (typeof MEASURES)[number]

/** How much is measured. */
export interface Sizes {
  /** Ticks of a catch-up. */
  readonly ticks: number
  readonly traders: number
  /** Events of other traders that lie after the last event of each cold trader. */
  readonly eventsBetween: number
  readonly fewTraders: number
  readonly manyTraders: number
  /** Ticks that break a limit, each of another trader. */
  readonly breaches: number
  readonly ticksPerSecond: number
}

const FULL: Sizes = {
  ticks: 200_000,
  traders: 10_000,
  eventsBetween: 300_000,
  fewTraders: 100,
  manyTraders: 100_000,
  breaches: 1_000,
  ticksPerSecond: 200,
}
/** To see that the bench itself works; its figures mean little. */
const QUICK: Sizes = {
  ticks: 20_000,
  traders: 2_000,
  eventsBetween: 20_000,
  fewTraders: 100,
  manyTraders: 10_000,
  breaches: 200,
  ticksPerSecond: 200,
}

export const HELP = `npm run bench -- guardian [--only catchUp,latency] [--rounds 5] [--quick] [--json]

Measures one guardian against processes that do only its input and output. Each figure is the median over the
rounds, in which guardian and floor take turns. Takes about 15 minutes; with all measures and at least ${ROUNDS_MIN} rounds it
appends a line to bench/results/guardian.jsonl.

  --only     some of ${MEASURES.join(', ')}
  --rounds   how often, 1 to 50 (${ROUNDS_MIN})
  --quick    small sizes and one round, to see that the bench works
  --json     the result as one line of JSON, last on standard output`

export interface Options {
  readonly help: boolean
  readonly json: boolean
  readonly quick: boolean
  readonly measures: readonly Measure[]
  readonly rounds: number
  readonly sizes: Sizes
}

/** @throws where an argument is not known, or not as it must be */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: MEASURES.join(',') },
      rounds: { type: 'string' },
    },
  })
  const { help, json, quick } = values
  const rounds = readRounds(values.rounds, quick ? 1 : ROUNDS_MIN)
  const measures = values.only.split(',').map((name) => {
    const measure = MEASURES.find((known) => known === name)
    if (measure === undefined) throw new Error(`unknown measure "${name}"; measures: ${MEASURES.join(', ')}`)
    return measure
  })
  return { help, json, quick, measures, rounds, sizes: quick ? QUICK : FULL }
}
