import { parseArgs } from 'node:util'
import { ROUNDS_MIN, readRounds } from '../rounds.ts'

export const HELP = `npm run bench -- metrics [--rounds 7] [--quick] [--json]

Decisions a second of one guardian at catch-up with metrics, and with tracing, over those of one that has neither. In each
round they take turns. With at least ${ROUNDS_MIN} rounds of full size it appends a line to bench/results/metrics.jsonl. Takes two
minutes.

  --rounds   how often, 1 to 50 (7)
  --quick    few ticks and one round, to see that the bench works
  --json     the result as one line of JSON, last on standard output`

export interface Options {
  readonly help: boolean
  readonly json: boolean
  readonly quick: boolean
  readonly rounds: number
  readonly ticks: number
  readonly traders: number
  /** One of so many ticks is of a sampled trace. */
  readonly sampledEvery: number
}

/** @throws where an argument is not known, or not as it must be */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
    },
  })
  const rounds = readRounds(values.rounds, values.quick ? 1 : 7)
  const size = values.quick ? { ticks: 10_000, traders: 1_000 } : { ticks: 100_000, traders: 10_000 }
  const { help, json, quick } = values
  return { help, json, quick, rounds, ...size, sampledEvery: 100 }
}
