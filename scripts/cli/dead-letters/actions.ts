import {
  encodeRemoved,
  headerNames,
  type InputAddress,
  parseInputSubject,
  parseJson,
  type RemovedEvent,
  type Signer,
  streams,
  subjects,
} from '@drawbridge/contracts'
import { type CommandDoor, messageSince, messagesFrom } from '@drawbridge/nats'
import { Rejects, readRemovedInputs } from '@drawbridge/service-kit'
import { type JetStreamManager, jetstream, type StoredMsg } from '@nats-io/jetstream'
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node'
import type { Signature } from '../options.ts'
import { readLogBinding } from '../risk-log.ts'
import { managerOf } from '../servers.ts'
import { keepRecord, readLetter, records } from './rejects-log.ts'

/**
 * Publishes the content of a dead letter as a new input, whose header names the dead letter. A command becomes one of the
 * user who resends it, on behalf of its first author.
 * @returns its sequence in INPUTS
 * @throws if it is no input, is not complete, or was resent already
 */
export async function retry(
  connection: NatsConnection,
  door: CommandDoor,
  seq: number,
  { by, reason }: Signature,
): Promise<number> {
  const { stream, subject, isCut, message } = await readLetter(connection, seq)
  if (stream !== streams.inputs) throw new Error(`dead letter ${seq} is from ${stream}; only inputs can be sent again`)
  if (parseInputSubject(subject).kind === 'unknown') {
    throw new Error(
      `dead letter ${seq} has the subject ${subject}, which is none for inputs; it would be rejected again`,
    )
  }
  if (isCut) throw new Error(`dead letter ${seq} was kept without its end; its sender must send it again`)
  const done = (await records(connection)).get(seq)
  if (done !== undefined) {
    throw new Error(
      `dead letter ${seq} was already ${done.done}${done.input === null ? '' : ` as input ${done.input} of INPUTS`}`,
    )
  }
  const input = await sendAgain(connection, seq, signedAgain(door, subject, message.data))
  await keepRecord(connection, { done: 'retried', letter: seq, subject, by, reason, input })
  return input
}

type SignedInput = { readonly subject: string; readonly data: Uint8Array }

/** After a crash before the record is kept, a repetition within some minutes finds the input that was sent. */
async function sendAgain(connection: NatsConnection, seq: number, { subject, data }: SignedInput): Promise<number> {
  const client = jetstream(connection, { timeout: 10_000 })
  const manager = await managerOf(connection)
  const isSent = (message: StoredMsg) =>
    message.header.get(headerNames.retryOf) === String(seq) && Buffer.compare(message.data, data) === 0
  const before = await findSince(manager, subject, Date.now() - SENT_WITHIN_MS, isSent)
  if (before !== null) return before.seq
  const sent = await client.publish(subject, data, { headers: retryOf(seq), msgID: `retry:${seq}` })
  if (!sent.duplicate) return sent.seq
  // Everybody who may publish inputs can use any id, so a duplicate counts only if it has the same content.
  const found = await manager.streams.getMessage(streams.inputs, { seq: sent.seq })
  return found?.subject === subject && isSent(found)
    ? sent.seq
    : (await client.publish(subject, data, { headers: retryOf(seq) })).seq
}

const SENT_WITHIN_MS = 180_000
/** With more inputs on the subject since then, the others are not looked at. */
const READ_MAX = 1_000

async function findSince(
  manager: JetStreamManager,
  subject: string,
  since: number,
  isIt: (message: StoredMsg) => boolean,
): Promise<StoredMsg | null> {
  const first = await messageSince(manager, streams.inputs, subject, since)
  let read = 0
  for await (const message of messagesFrom(manager, streams.inputs, subject, first)) {
    if (isIt(message)) return message
    read += 1
    if (read === READ_MAX) return null
  }
  return null
}

/** New ones for each message, because the client adds the message's id to them. */
function retryOf(seq: number): MsgHdrs {
  const described = headers()
  described.set(headerNames.retryOf, String(seq))
  return described
}

/**
 * The input as the user who resends it may publish it: a command becomes one of that user, on behalf of its first author.
 * Ticks do not change, and nothing changes on a server without users.
 */
export function signedAgain(door: CommandDoor, subject: string, data: Uint8Array): SignedInput {
  const address = parseInputSubject(subject)
  const own = ownSubject(door, address)
  if (own === null || !('signer' in address)) return { subject, data }
  return { subject: own, data: onBehalfOf(address.signer, data) }
}

function ownSubject({ user, flags, limits }: CommandDoor, address: InputAddress): string | null {
  if (user === null) return null
  if (address.kind === 'flags') return flags
  if (address.kind === 'limits') return limits
  if (address.kind !== 'command' || address.command === 'wake') return null
  return subjects.command(user, address.command, address.trader)
}

/** A command that names a person itself keeps that name; digits stay as they are written. */
function onBehalfOf(signer: Signer, data: Uint8Array): Uint8Array {
  if (signer.kind !== 'user') return data
  const named = `"onBehalfOf":${JSON.stringify(signer.user)}`
  if (data.length === 0) return new TextEncoder().encode(`{${named}}`)
  const json = parseJson(data)
  if (!json.ok) return data
  const { value, text } = json.value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return data
  if ('by' in value || 'onBehalfOf' in value) return data
  const separator = Object.keys(value).length === 0 ? '' : ','
  return new TextEncoder().encode(text.replace('{', `{${named}${separator}`))
}

/** Removes a dead letter, after a record of that is stored. @throws if there is none */
export async function discard(connection: NatsConnection, seq: number, { by, reason }: Signature): Promise<void> {
  const { subject } = await readLetter(connection, seq)
  await keepRecord(connection, { done: 'discarded', letter: seq, subject, by, reason, input: null })
  const manager = await managerOf(connection)
  await manager.streams.deleteMessage(streams.rejects, seq)
}

/**
 * Removes a harmful input. First a copy is stored in REJECTS and an event in RISK, then the input is deleted from INPUTS: the
 * event explains the gap to whoever finds it. If it is interrupted at any moment, it can be run again.
 * @param inputSeq its input sequence: that of INPUTS, unless RISK replaced a lost log
 * @returns `already`: somebody removed it before
 * @throws if INPUTS does not hold it
 */
export async function removeInput(
  connection: NatsConnection,
  inputSeq: number,
  by: string,
  reason: string,
): Promise<{ readonly done: 'now' | 'already'; readonly event: RemovedEvent }> {
  const { inputsOffset } = await readLogBinding(connection)
  const seq = inputSeq - inputsOffset
  const manager = await managerOf(connection)
  const known = (await readRemovedInputs(connection)).get(inputSeq)
  const message = seq < 1 ? null : await manager.streams.getMessage(streams.inputs, { seq })
  if (message === null) {
    if (known !== undefined) return { done: 'already', event: known }
    throw new Error(`INPUTS holds no input ${inputSeq}: it is too old, or has not come yet`)
  }
  const { subject, data: payload } = message
  const event = known ?? { inputSeq, subject, reason, by }
  if (known === undefined) {
    const traceparent = message.header.get(headerNames.traceparent)
    const removed = `removed by ${by}: ${reason}`
    await new Rejects(connection, streams.inputs).keep({ subject, seq: inputSeq, payload, traceparent }, removed)
    const client = jetstream(connection, { timeout: 10_000 })
    await client.publish(subjects.outConfig('removed'), encodeRemoved(event), { msgID: `removed:${inputSeq}` })
  }
  await manager.streams.deleteMessage(streams.inputs, seq)
  return { done: 'now', event }
}
