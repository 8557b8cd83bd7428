import { printable } from '@drawbridge/contracts'
import type { LetterRecord } from './letter-record.ts'
import type { WholeLetter } from './rejects-log.ts'

/** Characters of a payload that are shown; --json shows all of it. */
const SHOWN_MAX = 4_000

/** A dead letter as text: whatever it holds, a terminal shows it and obeys none of it. */
export function showLetter({ message, ...letter }: WholeLetter, done: LetterRecord | undefined): string {
  const { seq, stream, subject, sequence, reason, time, bytes } = letter
  const lines = [
    `dead letter ${seq}, of ${time.toISOString()}`,
    `  was      message ${sequence} of ${stream}, on ${printable(subject, 300)}`,
    `  reason   ${printable(reason, 600)}`,
    `  bytes    ${bytes}`,
    ...headersOf({ message }).map(([name, value]) => `  header   ${name}: ${printable(value, 300)}`),
    ...(done === undefined ? [] : [`  done     ${doneWith(done)}`]),
    '',
    printable(textOf(message.data), SHOWN_MAX),
  ]
  return lines.join('\n')
}

export function jsonOfLetter({ message, ...letter }: WholeLetter, done: LetterRecord | undefined): string {
  const payload = Buffer.from(message.data)
  return JSON.stringify({
    ...letter,
    headers: Object.fromEntries(headersOf({ message })),
    text: printable(textOf(payload), payload.length + 1),
    base64: payload.toString('base64'),
    done: done ?? null,
  })
}

export function doneWith({ done, by, reason, input }: LetterRecord): string {
  const as = input === null ? '' : ` as input ${input} of INPUTS`
  return `${done}${as} by ${printable(by, 100)}${reason === null ? '' : `: ${printable(reason, 200)}`}`
}

function headersOf({ message }: Pick<WholeLetter, 'message'>): [string, string][] {
  return message.header.keys().map((name) => [name, message.header.get(name)])
}

/** What is no UTF-8 becomes the sign for that. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}
