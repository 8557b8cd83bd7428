import {
  headerNames,
  limitsToMessage,
  type StreamSettings,
  streamSettings,
  streams,
  subjects,
  toJsonBytes,
} from '@drawbridge/contracts'
import { commandDoor, isStreamMissing, isWrongLastSequence, lastMessage } from '@drawbridge/nats'
import type { Config } from '@drawbridge/settings'
import { type JetStreamManager, jetstream, jetstreamManager, type StreamConfig } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import { bindOnce, type LogUse, useOf } from './bind-risk-log.ts'
import { bindSubjects } from './bind-subjects.ts'
import { differencesOf } from './configuration-differences.ts'

/** What provisioning did, for people to read. */
export interface Provisioned {
  readonly created: readonly string[]
  /** True where the first flags and limits were written now; false where the log has them already. */
  readonly configured: boolean
  /** Where the log holds another configuration than the settings: the log is in force. One sentence each. */
  readonly differences: readonly string[]
  /** Whether guardians judge by the risk log that is there now. */
  readonly use: LogUse
}

/** For whom the first configuration is written: for nobody but the program. */
export const PROVISION = 'provision'

/** When the risk log was created that a history was made from; null: there is no history, or nobody can say. */
export type KnownLog = () => Promise<string | null>

/**
 * Creates the streams that are missing and writes the first configuration into the log, once. Safe to repeat and to
 * run twice at the same time. What the log holds is never overwritten: change it with control inputs.
 *
 * A risk log that is made where inputs or a history are older takes the place of one that was lost: it is left without a
 * configuration, for an operator to adopt.
 * @param knownLog asked where the risk log is empty
 */
export async function provision(
  connection: NatsConnection,
  config: Config,
  replicas = 1,
  knownLog: KnownLog = async () => null,
): Promise<Provisioned> {
  const manager = await jetstreamManager(connection, { timeout: 10_000 })
  const isFirst = ((await lastSeqOf(manager, streams.inputs)) ?? 0) === 0
  const created: string[] = []
  for (const settings of inOrder(streamSettings(replicas))) {
    if ((await lastSeqOf(manager, settings.name)) === null) {
      await manager.streams.add({ ...settings, subjects: [...settings.subjects] } as unknown as NamedConfig)
      created.push(settings.name)
    } else await bindSubjects(manager, settings)
    // Before there are inputs, so that no guardian takes the log for a first one.
    if (settings.name === streams.risk)
      await claimForLost(connection, manager, created.includes(streams.risk), knownLog)
  }
  if (isFirst) {
    const inputs = await manager.streams.info(streams.inputs)
    await bindOnce(connection, { settled: 0, inputsCreated: inputs.created })
  }
  const use = await useOf(manager)
  if (use !== 'bound') return { created, configured: false, differences: [], use }
  const door = commandDoor(config.nats)
  const flags = await writeOnce(connection, manager, door.flags, subjects.config('flags'), {
    enable_risk_enforcement: config.enforcement,
    enable_persistence: config.persistence,
    ...door.sign(PROVISION),
  })
  const limits = await writeOnce(connection, manager, door.limits, subjects.config('limits'), {
    ...limitsToMessage(config.limits),
    ...(config.maxTraders === null ? {} : { max_traders: config.maxTraders }),
    traders: Object.fromEntries(
      Object.entries(config.traders).map(([id, trader]) => [id, limitsToMessage(trader.limits)]),
    ),
    ...door.sign(PROVISION),
  })
  return { created, configured: flags || limits, differences: await differencesOf(manager, config), use }
}

type NamedConfig = Partial<StreamConfig> & { name: string }

/** INPUTS last: it takes inputs from then on. */
function inOrder(settings: readonly StreamSettings[]): readonly StreamSettings[] {
  return [...settings].sort((a, b) => Number(a.name === streams.inputs) - Number(b.name === streams.inputs))
}

/**
 * Has a risk log that was just made, or is empty, say that it takes the place of the one that the history was made from,
 * where that is another one. Just made, it may hold what a guardian wrote that takes it for the old one.
 */
async function claimForLost(
  connection: NatsConnection,
  manager: JetStreamManager,
  isMade: boolean,
  knownLog: KnownLog,
): Promise<void> {
  const { created, state } = await manager.streams.info(streams.risk)
  if (state.last_seq > 0 && !isMade) return
  const known = await knownLog()
  if (known === null || known === created) return
  await bindOnce(connection, { settled: 0, inputsCreated: '', continues: [known], adopting: true })
}

/** 0: it never held a message; null: there is no such stream. */
async function lastSeqOf(manager: JetStreamManager, stream: string): Promise<number | null> {
  try {
    return (await manager.streams.info(stream)).state.last_seq
  } catch (error) {
    if (isStreamMissing(error)) return null
    throw error
  }
}

/** Publishes an input unless it was ever published: its event is in the log, or it waits to be judged. */
async function writeOnce(
  connection: NatsConnection,
  manager: JetStreamManager,
  inputSubject: string,
  eventSubject: string,
  message: object,
): Promise<boolean> {
  if ((await lastMessage(manager, streams.risk, eventSubject)) !== null) return false
  const expectNone = headers()
  expectNone.set(headerNames.expectedLastSubjectSequence, '0')
  try {
    await jetstream(connection).publish(inputSubject, toJsonBytes(message), { headers: expectNone })
    return true
  } catch (error) {
    if (isWrongLastSequence(error)) return false
    throw error
  }
}
