import { printable } from '@drawbridge/contracts'
import { commandDoor } from '@drawbridge/nats'
import { alignedRows, type Program, printLine, readOptions, UsageError } from '@drawbridge/service-kit/program'
import { configOf } from '@drawbridge/settings'
import type { NatsConnection } from '@nats-io/transport-node'
import { discard, removeInput, retry } from './dead-letters/actions.ts'
import { type LetterRecord, newestLetters, readLetter, records, type WholeLetter } from './dead-letters/rejects-log.ts'
import { checkWords, flag, readInteger, signatureOf, text } from './options.ts'
import { withNats } from './servers.ts'

const HELP = `A message that was rejected is a dead letter: REJECTS keeps it for 30 days, with the reason.

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
                 into RISK first, and guardians continue after it. Read docs/cli.md first

  --limit n      how many are listed, 1 to 10000
  --by who       on whose behalf; kept with the reason. The author is the NATS user, or else the user of this machine
  --reason why   why; kept
  --json         JSON: list gives {"deadLetters": [...]}, show also has the payload as base64
  --help         this text

It needs the NATS user admin. Exit codes: 0 done; 1 failed, with what to do; 2 the command line or the settings are not valid.
`

/** Characters of a subject or reason in the list, and of a payload in "show"; --json has all of them. */
const LISTED_MAX = 80
const SHOWN_MAX = 4_000

const ACTIONS = ['list', 'show', 'retry', 'discard', 'remove-input'] as const

/** What an action tells: as text, and as JSON. */
interface Result {
  readonly text: string
  readonly json: object
}

export const deadLetters: Program = {
  help: HELP,
  async run(args, context) {
    const options = { limit: { ...text, default: '50' }, by: text, reason: text, json: flag } as const
    const { values, positionals } = readOptions(args, options, 2)
    const { by, reason } = values
    const [name, which] = positionals
    const action = ACTIONS.find((known) => known === name)
    if (action === undefined) throw new UsageError(`say what to do: ${ACTIONS.join(', ')}`)
    const limit = readInteger('--limit', values.limit, 1, 10_000)
    checkWords('--by', by)
    checkWords('--reason', reason)
    if (action === 'list' && which !== undefined) throw new UsageError(`list takes no sequence, got "${which}"`)
    if (action !== 'list' && which === undefined) throw new UsageError(`${action} needs a sequence`)
    const seq = which === undefined ? 0 : readInteger('the sequence', which, 1, Number.MAX_SAFE_INTEGER)
    if (action === 'remove-input') {
      if (by === undefined) throw new UsageError('--by is missing: for whom is the input removed?')
      if (reason === undefined) throw new UsageError('--reason is missing: why is it removed?')
    }
    const door = commandDoor(configOf(context).nats)
    const signature = signatureOf(door.author, by, reason ?? null)

    const act = async (connection: NatsConnection): Promise<Result> => {
      switch (action) {
        case 'list':
          return list(connection, limit)
        case 'show':
          return show(await readLetter(connection, seq), (await records(connection)).get(seq) ?? null)
        case 'retry': {
          const input = await retry(connection, door, seq, signature)
          return { text: `sent again as input ${input} of INPUTS`, json: { done: 'retried', input } }
        }
        case 'discard':
          await discard(connection, seq, signature)
          return { text: `dead letter ${seq} is discarded`, json: { done: 'discarded' } }
        case 'remove-input': {
          const { done, event } = await removeInput(connection, seq, signature.by, signature.reason ?? '')
          const what = done === 'now' ? 'is removed; REJECTS has a copy' : `was removed already, by ${event.by}`
          return { text: `input ${seq}, on ${printable(event.subject, 300)}, ${what}`, json: { done, event } }
        }
        default:
          return action satisfies never
      }
    }
    const result = await withNats(context, act)
    printLine(context.stdout, values.json ? JSON.stringify(result.json) : result.text)
    return 0
  },
}

async function list(connection: NatsConnection, limit: number): Promise<Result> {
  const [newest, done] = await Promise.all([newestLetters(connection, limit), records(connection)])
  const letters = newest.map((letter) => ({ ...letter, done: done.get(letter.seq) ?? null }))
  const head = ['seq', 'time', 'of', 'bytes', 'subject', 'reason', 'done']
  const rows = letters.map((letter) => [
    String(letter.seq),
    letter.time.toISOString(),
    `${letter.stream} ${letter.sequence}`,
    String(letter.bytes),
    printable(letter.subject, LISTED_MAX),
    printable(letter.reason, LISTED_MAX),
    letter.done === null ? '' : doneWith(letter.done),
  ])
  const text = letters.length === 0 ? 'There are no dead letters.' : alignedRows([head, ...rows]).join('\n')
  return { text, json: { deadLetters: letters } }
}

/** As text that a terminal prints without obeying any part of it. */
function show({ message, ...letter }: WholeLetter, done: LetterRecord | null): Result {
  const { seq, stream, subject, sequence, reason, time, bytes } = letter
  const headers = message.header.keys().map((name): [string, string] => [name, message.header.get(name)])
  const payload = Buffer.from(message.data)
  // Bytes that are no UTF-8 become replacement characters.
  const decoded = new TextDecoder().decode(payload)
  const lines = [
    `dead letter ${seq}, of ${time.toISOString()}`,
    `  was      message ${sequence} of ${stream}, on ${printable(subject, 300)}`,
    `  reason   ${printable(reason, 600)}`,
    `  bytes    ${bytes}`,
    ...headers.map(([name, value]) => `  header   ${name}: ${printable(value, 300)}`),
    ...(done === null ? [] : [`  done     ${doneWith(done)}`]),
    '',
    printable(decoded, SHOWN_MAX),
  ]
  const whole = { text: printable(decoded, payload.length + 1), base64: payload.toString('base64') }
  return { text: lines.join('\n'), json: { ...letter, headers: Object.fromEntries(headers), ...whole, done } }
}

function doneWith({ done, by, reason, input }: LetterRecord): string {
  const as = input === null ? '' : ` as input ${input} of INPUTS`
  return `${done}${as} by ${printable(by, 100)}${reason === null ? '' : `: ${printable(reason, 200)}`}`
}
