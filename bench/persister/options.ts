import { parseArgs } from 'node:util'
import { ROUNDS_MIN, readRounds } from '../rounds.ts'

export const MEASURES = ['ingest', 'outage', 'rebuild', 'queryable', 'memory'] as const
export type Measure = (typeof MEASURES)[number]
/** Those that make the ratios which are asked for. */
export const RATIOS_NEED: readonly Measure[] = ['ingest', 'outage', 'rebuild']

/** How much is measured. */
export interface Sizes {
  /** In RISK before a persister starts. */
  readonly events: number
  readonly traders: number
  readonly fewTraders: number
  /** In a batch; as the settings of a persister have it. */
  readonly batchSize: number
  /** While the database is up, and as many while it is not. */
  readonly ticks: number
  readonly ticksPerSecond: number
  /** One after the other, 10 a second. */
  readonly looks: number
  readonly backlog: number
}

const FULL: Sizes = {
  events: 400_000,
  traders: 10_000,
  fewTraders: 100,
  batchSize: 1_000,
  ticks: 600,
  ticksPerSecond: 200,
  looks: 200,
  backlog: 1_000_000,
}
/** To see that the bench itself works; its figures mean little. */
const QUICK: Sizes = {
  ...FULL,
  events: 20_000,
  traders: 2_000,
  ticks: 100,
  looks: 20,
}
const QUICK_MEASURES: readonly Measure[] = ['ingest', 'outage', 'rebuild', 'queryable']

export const HELP = `npm run bench -- persister [--only ingest,outage] [--rounds 5] [--quick] [--json]

Measures one persister against processes that do only its output. Each figure is the median over the rounds, in
which persister and floor take turns. PostgreSQL is included; TimescaleDB runs in a container, and without Docker its
figures are null. Takes about 15 minutes; with all measures of the ratios and at least ${ROUNDS_MIN} rounds it
appends a line to bench/results/persister.jsonl.

  --only     some of ${MEASURES.join(', ')}
  --rounds   how often, 1 to 50 (${ROUNDS_MIN})
  --quick    small sizes and one round, without memory, to see that the bench works
  --json     the result as one line of JSON, last on standard output

  ingest     events a second from RISK into the tables, over the same rows from memory; on both databases
  outage     from a tick to its decision while the database is stopped, read-only or cut off, over the same while it is up
  rebuild    the history made again from RISK, over an ordered consumer and COPY
  queryable  how long an event takes until a query finds it, at 10 events a second
  memory     the most memory that a persister takes, with ${FULL.backlog.toLocaleString('en')} events behind`

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
      only: { type: 'string' },
      rounds: { type: 'string' },
    },
  })
  const { help, json, quick, only } = values
  const rounds = readRounds(values.rounds, quick ? 1 : ROUNDS_MIN)
  const usual = quick ? QUICK_MEASURES : MEASURES
  return { help, json, quick, measures: only === undefined ? usual : named(only), rounds, sizes: quick ? QUICK : FULL }
}

function named(only: string): readonly Measure[] {
  return only.split(',').map((name) => {
    const measure = MEASURES.find((known) => known === name)
    if (measure === undefined) throw new Error(`unknown measure "${name}"; measures: ${MEASURES.join(', ')}`)
    return measure
  })
}
