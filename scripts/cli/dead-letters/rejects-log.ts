import {
  compileCheck,
  headerNames,
  type Parsed,
  parseJson,
  streams,
  subjects,
  toJsonBytes,
} from '@drawbridge/contracts'
import { lastSeqOf, readStream } from '@drawbridge/nats'
import { isCut } from '@drawbridge/service-kit'
import { jetstream, type StoredMsg } from '@nats-io/jetstream'
import type { MsgHdrs, NatsConnection } from '@nats-io/transport-node'
import Type from 'typebox'
import { managerOf } from '../servers.ts'

/** A message of REJECTS: an input or event that was rejected, and why. */
export interface DeadLetter {
  /** In REJECTS. */
  readonly seq: number
  /** The stream that it came from, its subject there, and its sequence. */
  readonly stream: string
  readonly subject: string
  readonly sequence: number
  readonly reason: string
  readonly time: Date
  readonly bytes: number
  /** Whether its end was not kept. */
  readonly isCut: boolean
}

/** A dead letter with its payload and headers. */
export type WholeLetter = DeadLetter & { readonly message: StoredMsg }

const text = Type.String({ description: 'words' })
const RecordSchema = Type.Object({
  done: Type.Union([Type.Literal('retried'), Type.Literal('discarded')], { description: '"retried" or "discarded"' }),
  /** Its sequence in REJECTS. */
  letter: Type.Integer({ minimum: 1, description: 'a whole number from 1 up' }),
  subject: text,
  by: text,
  reason: Type.Union([Type.String(), Type.Null()], { description: 'words or null' }),
  /** The stream sequence in INPUTS of the input that repeats it; null: there is none. */
  input: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], { description: 'a whole number or null' }),
})

/** What was done with a dead letter, by whom and why. Kept in REJECTS, for as long as dead letters are. */
export type LetterRecord = Type.Static<typeof RecordSchema>

const check = compileCheck<LetterRecord>(RecordSchema)

/** The newest dead letters, the newest first; payloads are not read. */
export async function newestLetters(connection: NatsConnection, count: number): Promise<readonly DeadLetter[]> {
  const to = await lastSeqOf(connection, streams.rejects)
  const newest: DeadLetter[] = []
  for await (const messages of readStream(connection, { stream: streams.rejects, from: 1, to, headersOnly: true })) {
    for (const { subject, seq, time, headers } of messages) {
      const bytes = Number(headers?.get(headerNames.messageSize) ?? 0)
      const letter = deadLetterOf(subject, seq, new Date(time), headers, bytes)
      if (letter !== null) newest.push(letter)
    }
    newest.splice(0, newest.length - count)
  }
  return newest.reverse()
}

/** @throws if none has this sequence */
export async function readLetter(connection: NatsConnection, seq: number): Promise<WholeLetter> {
  const manager = await managerOf(connection)
  const message = await manager.streams.getMessage(streams.rejects, { seq })
  const letter = message && deadLetterOf(message.subject, seq, message.time, message.header, message.data.length)
  if (message === null || letter === null) {
    throw new Error(`REJECTS has no dead letter ${seq}: it was discarded or is too old; "list" shows what there is`)
  }
  return { ...letter, message }
}

/** Null: it is no dead letter, but a record of what was done with one, or a guardian's note of where it began. */
function deadLetterOf(
  subject: string,
  seq: number,
  time: Date,
  headers: MsgHdrs | undefined,
  bytes: number,
): DeadLetter | null {
  if (subject === subjects.deadLetterRecord || subject === subjects.attempts) return null
  const header = (name: string) => headers?.get(name) ?? ''
  const reason = header(headerNames.rejectReason)
  return {
    seq,
    stream: subject.slice(subjects.rejects('').length),
    subject: header(headerNames.rejectSubject),
    sequence: Number(header(headerNames.rejectSequence)),
    reason,
    time,
    bytes,
    isCut: isCut(reason),
  }
}

/** What was done last with each dead letter, by its sequence. */
export async function records(connection: NatsConnection): Promise<ReadonlyMap<number, LetterRecord>> {
  const filterSubjects = [subjects.deadLetterRecord]
  const range = { stream: streams.rejects, from: 1, to: await lastSeqOf(connection, streams.rejects), filterSubjects }
  const done = new Map<number, LetterRecord>()
  for await (const messages of readStream(connection, range)) {
    for (const { data } of messages) {
      const record = readRecord(data)
      if (record.ok) done.set(record.value.letter, record.value)
    }
  }
  return done
}

function readRecord(bytes: Uint8Array): Parsed<LetterRecord> {
  const json = parseJson(bytes)
  return json.ok ? check(json.value.value) : json
}

export async function keepRecord(connection: NatsConnection, record: LetterRecord): Promise<void> {
  await jetstream(connection, { timeout: 10_000 }).publish(subjects.deadLetterRecord, toJsonBytes(record))
}
