import { compileCheck, type Parsed, parseJson, subjects, toJsonBytes } from '@drawbridge/contracts'
import { jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import Type from 'typebox'

const text = Type.String({ description: 'words' })
const RecordSchema = Type.Object({
  done: Type.Union([Type.Literal('retried'), Type.Literal('discarded')], { description: '"retried" or "discarded"' }),
  /** Its sequence in REJECTS. */
  letter: Type.Integer({ minimum: 1, description: 'a whole number from 1 up' }),
  subject: text,
  by: text,
  reason: Type.Union([Type.String(), Type.Null()], { description: 'words or null' }),
  /** The stream sequence in INPUTS of what it was sent again as; null: it was not. */
  input: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], { description: 'a whole number or null' }),
})

/** What was done with a dead letter, by whom and why. Kept in REJECTS, for as long as dead letters are. */
export type LetterRecord = Type.Static<typeof RecordSchema>

const check = compileCheck<LetterRecord>(RecordSchema)

export function readRecord(bytes: Uint8Array): Parsed<LetterRecord> {
  const json = parseJson(bytes)
  return json.ok ? check(json.value.value) : json
}

export async function keepRecord(connection: NatsConnection, record: LetterRecord): Promise<void> {
  await jetstream(connection, { timeout: 10_000 }).publish(subjects.deadLetterRecord, toJsonBytes(record))
}
