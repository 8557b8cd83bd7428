import { parseArgs } from 'node:util'
import { ROUNDS_MIN, readRounds } from '../rounds.ts'

export const HELP = `npm run bench -- flags [--rounds 20] [--json]

How long a flag that is switched by HTTP takes until every service obeys. Each round switches enable_persistence and
enable_risk_enforcement off and on again, under a light load. With at least ${ROUNDS_MIN} rounds it appends a line to
bench/results/flags.jsonl. Takes two minutes.

  --rounds   how often, 1 to 50 (20)
  --json     the result as one line of JSON, last on standard output`

export interface Options {
  readonly help: boolean
  readonly json: boolean
  readonly rounds: number
}

/** @throws where an argument is not known, or not as it must be */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      rounds: { type: 'string' },
    },
  })
  const { help, json } = values
  return { help, json, rounds: readRounds(values.rounds, 20) }
}
