import { ADOPTER, decodeSettled, headerNames, type LogDamage, streams, subjects } from '@drawbridge/contracts'
import { type ConfigRow, type HistoryRow, readMessage, riskMessage } from '@drawbridge/history'
import { findUnreadable, lastMessage, type StreamMessage } from '@drawbridge/nats'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { managerOf } from './servers.ts'

/** The log, and the INPUTS that it was made from. */
export interface LogBinding {
  /** When RISK was created. */
  readonly created: string
  /** Whether it replaced another one, so that it begins with events carried over from there. */
  readonly continues: boolean
  /** When its INPUTS was created; null: the log does not say. */
  readonly inputsCreated: string | null
  /** The sequence of an input is that of INPUTS plus this. */
  readonly inputsOffset: number
}

/** @throws if the log's event about itself cannot be read, and while the log is being adopted */
export async function readLogBinding(connection: NatsConnection): Promise<LogBinding> {
  const manager = await managerOf(connection)
  const { created } = await manager.streams.info(streams.risk)
  const last = await lastMessage(manager, streams.risk, subjects.config('settled'))
  if (last === null) return { created, continues: false, inputsCreated: null, inputsOffset: 0 }
  const event = decodeSettled(last.data)
  if (!event.ok) throw new Error(`event ${last.seq} of RISK cannot be read: ${event.reason}`)
  if (event.value.adopting === true) {
    throw new Error('RISK does not hold the whole log that it replaces yet: run npm run drawbridge -- adopt-log first')
  }
  const { inputsCreated, inputsOffset = 0, continues = [] } = event.value
  return { created, continues: continues.length > 0, inputsCreated, inputsOffset }
}

/** A message of the log as the tables hold it. */
export type LogItem = (
  | { readonly kind: 'event'; readonly row: HistoryRow }
  | { readonly kind: 'config'; readonly row: ConfigRow }
) & {
  /** Whether it was carried over: its row was written when it was in the previous log. */
  readonly isCarried: boolean
}

/**
 * What the tables must hold of a message, as a persister would write it: one item or none.
 * @param continues whether the log replaced another one
 * @param onRefused called with the reason if no table can hold it
 */
export function logItems(
  message: StreamMessage,
  continues: boolean,
  onRefused: (reason: string) => void,
): readonly LogItem[] {
  const reading = readMessage(riskMessage(message))
  if (reading.kind === 'refused') onRefused(reading.reason)
  if (reading.kind === 'refused' || reading.kind === 'nothing') return []
  return [{ ...reading, isCarried: continues && message.headers?.get(headerNames.guardian) === ADOPTER }]
}

/** Damage that the state of RISK does not show; null: the newest message of each subject can be read. */
export async function unreadableRisk(manager: JetStreamManager): Promise<LogDamage | null> {
  const subject = await findUnreadable(manager, streams.risk)
  return subject === null ? null : { kind: 'unreadable', stream: streams.risk, subject }
}
