import { printable } from '@drawbridge/contracts'
import { commandDoor } from '@drawbridge/nats'
import {
  alignedRows,
  type Program,
  type ProgramContext,
  printLine,
  readOptions,
  UsageError,
} from '@drawbridge/service-kit/program'
import { configOf } from '@drawbridge/settings'
import type { NatsConnection } from '@nats-io/transport-node'
import type { DeadLetter } from './dead-letters/dead-letter.ts'
import { discard } from './dead-letters/discard.ts'
import type { LetterRecord } from './dead-letters/letter-record.ts'
import { newestLetters, readLetter, records } from './dead-letters/rejects-log.ts'
import { removeInput } from './dead-letters/remove-input.ts'
import { retry } from './dead-letters/retry.ts'
import { doneWith, jsonOfLetter, showLetter } from './dead-letters/show.ts'
import { readInteger } from './read-integer.ts'
import { withNats } from './servers.ts'
import { wordOf } from './word-of.ts'

const HELP = `What no log could hold is a dead letter: REJECTS keeps it for 30 days, with the reason.

  npm run drawbridge -- dead-letters list [--limit 50] [--json]
  npm run drawbridge -- dead-letters show <seq> [--json]
  npm run drawbridge -- dead-letters retry <seq> [--by who] [--reason why]
  npm run drawbridge -- dead-letters discard <seq> [--by who] [--reason why]
  npm run drawbridge -- dead-letters remove-input <input> --by who --reason why

  list           the newest ones, the newest first, and what was done with them
  show           one of them: its headers, and its payload made printable
  retry          sends an input again, as a new one, a command as one of yours; once for each dead letter
  discard        removes it from REJECTS
  remove-input   removes an input that harms guardians from INPUTS, by its input sequence: a copy goes to REJECTS and an event
                 into RISK first, and guardians go on behind it. Read docs/cli.md first

  --limit n      how many are listed, 1 to 10000
  --by who       for whom; kept with the reason. Who does it is the user of NATS, else of this machine
  --reason why   why; kept
  --json         JSON: list gives {"deadLetters": [...]}, show also has the payload as base64
  --help         this text

It needs the NATS user admin. Exit codes: 0 done; 1 failed, with what to do; 2 the command line or the settings are not valid.
`

const SHOWN_WORDS = 80

export const deadLetters: Program = { help: HELP, run }

interface Options {
  readonly limit: number
  readonly by: string | undefined
  readonly reason: string | undefined
  readonly json: boolean
}

const ACTIONS = ['list', 'show', 'retry', 'discard', 'remove-input'] as const
type Action = (typeof ACTIONS)[number]

async function run(args: readonly string[], context: ProgramContext): Promise<number> {
  const text = { type: 'string' } as const
  const options = { limit: text, by: text, reason: text, json: { type: 'boolean', default: false } } as const
  const { values, positionals } = readOptions(args, options, 2)
  const { limit = '50', json } = values
  const [name, which] = positionals
  const action = ACTIONS.find((known) => known === name)
  if (action === undefined) throw new UsageError(`say what to do: ${ACTIONS.join(', ')}`)
  const given = { limit: readInteger('--limit', limit, 1, 10_000), by: wordsOf('--by', values.by), json }
  const all = { ...given, reason: wordsOf('--reason', values.reason) }
  const work = workOf(action, which, all, context)
  return withNats(context, async (connection) => {
    await work(connection)
    return 0
  })
}

/** What the command line asks for. @throws {UsageError} where it is not valid: before anything is connected */
function workOf(action: Action, which: string | undefined, options: Options, context: ProgramContext) {
  const { stdout } = context
  const { limit, by, reason, json } = options
  const say = (line: string) => printLine(stdout, line)
  if (action === 'list') {
    if (which !== undefined) throw new UsageError(`list takes no sequence, got "${which}"`)
    return async (connection: NatsConnection) => say(await list(connection, limit, json))
  }
  if (which === undefined) throw new UsageError(`${action} needs a sequence`)
  const seq = readInteger('the sequence', which, 1, Number.MAX_SAFE_INTEGER)
  const door = commandDoor(configOf(context).nats)
  const word = wordOf(door.author, by, reason ?? null)
  switch (action) {
    case 'show':
      return async (connection: NatsConnection) => {
        const [letter, done] = [await readLetter(connection, seq), (await records(connection)).get(seq)]
        say(json ? jsonOfLetter(letter, done) : showLetter(letter, done))
      }
    case 'retry':
      return async (connection: NatsConnection) => {
        const input = await retry(connection, door, seq, word)
        say(json ? JSON.stringify({ done: 'retried', input }) : `sent again as input ${input} of INPUTS`)
      }
    case 'discard':
      return async (connection: NatsConnection) => {
        await discard(connection, seq, word)
        say(json ? JSON.stringify({ done: 'discarded' }) : `dead letter ${seq} is discarded`)
      }
    case 'remove-input': {
      if (by === undefined) throw new UsageError('--by is missing: for whom is the input removed?')
      if (reason === undefined) throw new UsageError('--reason is missing: why is it removed?')
      return async (connection: NatsConnection) => {
        const signed = wordOf(door.author, by, reason)
        const { done, event } = await removeInput(connection, seq, signed.by, signed.reason)
        const words = done === 'now' ? 'is removed; REJECTS has a copy' : `was removed already, by ${event.by}`
        say(json ? JSON.stringify({ done, event }) : `input ${seq}, on ${printable(event.subject, 300)}, ${words}`)
      }
    }
    default:
      return action satisfies never
  }
}

function wordsOf(name: string, words: string | undefined): string | undefined {
  if (words === undefined || (words.trim() !== '' && words.length <= 500)) return words
  throw new UsageError(`${name} must be 1 to 500 characters`)
}

async function list(connection: NatsConnection, limit: number, json: boolean): Promise<string> {
  const [letters, done] = await Promise.all([newestLetters(connection, limit), records(connection)])
  if (json) {
    return JSON.stringify({ deadLetters: letters.map((letter) => ({ ...letter, done: done.get(letter.seq) ?? null })) })
  }
  if (letters.length === 0) return 'There are no dead letters.'
  const head = ['seq', 'time', 'of', 'bytes', 'subject', 'reason', 'done']
  return alignedRows([head, ...letters.map((letter) => rowOf(letter, done.get(letter.seq)))]).join('\n')
}

function rowOf({ seq, time, stream, sequence, bytes, subject, reason }: DeadLetter, done?: LetterRecord) {
  return [
    String(seq),
    time.toISOString(),
    `${stream} ${sequence}`,
    String(bytes),
    printable(subject, SHOWN_WORDS),
    printable(reason, SHOWN_WORDS),
    done === undefined ? '' : doneWith(done),
  ]
}
