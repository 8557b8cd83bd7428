import { setTimeout as delay } from 'node:timers/promises'
import { type ConfigEvent, decodeConfigEvent, headerNames, streams, subjects, toJsonBytes } from '@drawbridge/contracts'
import { type CommandDoor, lastMessage, requireStreams } from '@drawbridge/nats'
import type { ConfigurationInForce } from '@drawbridge/service-kit'
import { type JetStreamManager, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { readLogBinding } from './risk-log.ts'

const LOOK_EVERY_MS = 50

/** The commands that change flags and limits of all; null: none is given. */
export interface ControlCommands {
  readonly flags: object | null
  readonly limits: object | null
}

/** Flags and limits in the log, and the control inputs that change them. */
export interface ControlLog {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  /** The sequence of an input is that of INPUTS plus this. */
  readonly inputsOffset: number
  /** How long guardians may take to decide what was asked for. */
  readonly decidedWithinMs: number
}

/** @throws if the streams are missing, and while the log is being adopted */
export async function openControlLog(connection: NatsConnection, decidedWithinMs: number): Promise<ControlLog> {
  const manager = await requireStreams(connection, [streams.inputs, streams.risk, streams.rejects])
  const { inputsOffset } = await readLogBinding(connection)
  return { connection, manager, inputsOffset, decidedWithinMs }
}

/** What is in force after all earlier changes are decided. @throws if that takes too long */
export async function inForce(log: ControlLog): Promise<ConfigurationInForce> {
  const flags = await lastOn(log, [subjects.controlFlags, subjects.commandFlags('*')])
  const limits = await lastOn(log, [subjects.controlLimits, subjects.commandLimits('*')])
  return decided(log, flags, limits)
}

/** Sequence of the last input on any of these; 0: there is none. */
async function lastOn({ manager }: ControlLog, endpoints: readonly string[]): Promise<number> {
  const last = await Promise.all(endpoints.map((subject) => lastMessage(manager, streams.inputs, subject)))
  return Math.max(...last.map((message) => message?.seq ?? 0))
}

/**
 * Publishes commands, and waits until their events are stored. Returns what is in force then.
 * @throws if that takes too long; the inputs are stored nevertheless
 */
export async function apply(
  log: ControlLog,
  { flags, limits }: ControlCommands,
  door: CommandDoor,
  onBehalfOf: string | undefined,
  reason: string,
): Promise<ConfigurationInForce> {
  const signature = { ...door.sign(onBehalfOf), reason }
  const client = jetstream(log.connection, { timeout: log.decidedWithinMs })
  const put = async (subject: string, message: object | null) =>
    message === null ? 0 : (await client.publish(subject, toJsonBytes({ ...message, ...signature }))).seq
  const limitsSeq = await put(door.limits, limits)
  return decided(log, await put(door.flags, flags), limitsSeq)
}

/** @param flagsSeq of the input that must be decided; 0: none must */
async function decided(log: ControlLog, flagsSeq: number, limitsSeq: number): Promise<ConfigurationInForce> {
  const { inputsOffset, decidedWithinMs } = log
  const deadline = performance.now() + decidedWithinMs
  for (;;) {
    const [flags, limits] = await Promise.all([lastEvent(log, 'flags'), lastEvent(log, 'limits')])
    const isDecided = (seq: number, event: ConfigEvent | null) =>
      seq === 0 || (event !== null && event.inputSeq >= seq + inputsOffset)
    const waiting = [
      ...(isDecided(flagsSeq, flags) ? [] : [flagsSeq]),
      ...(isDecided(limitsSeq, limits) ? [] : [limitsSeq]),
    ]
    if (waiting.length === 0) return { flags, limits }
    await throwIfRefused(log, waiting)
    if (performance.now() > deadline) {
      throw new Error(
        `not decided after ${decidedWithinMs / 1000} s: input ${waiting.join(' and ')} of INPUTS. A guardian decides it as ` +
          'soon as it can. Is one running? Run this again to see.',
      )
    }
    await delay(LOOK_EVERY_MS)
  }
}

async function throwIfRefused({ manager }: ControlLog, waiting: readonly number[]): Promise<void> {
  const last = await lastMessage(manager, streams.rejects, subjects.rejects(streams.inputs))
  const seq = Number(last?.header.get(headerNames.rejectSequence))
  if (!waiting.includes(seq)) return
  throw new Error(`guardians refused input ${seq} of INPUTS: ${last?.header.get(headerNames.rejectReason)}`)
}

async function lastEvent<Kind extends ConfigEvent['kind']>(
  { manager }: ControlLog,
  kind: Kind,
): Promise<Extract<ConfigEvent, { kind: Kind }> | null> {
  const last = await lastMessage(manager, streams.risk, subjects.config(kind))
  if (last === null) return null
  const event = decodeConfigEvent(kind, last.data)
  if (!event.ok) throw new Error(`event ${last.seq} of RISK cannot be read: ${event.reason}`)
  return event.value as Extract<ConfigEvent, { kind: Kind }>
}
