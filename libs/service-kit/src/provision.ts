import {
  limitsToMessage,
  notifierStreamSettings,
  type StreamSettings,
  streamSettings,
  streams,
  subjects,
  toJsonBytes,
} from '@drawbridge/contracts'
import { commandDoor, isStreamMissing, lastMessage } from '@drawbridge/nats'
import type { Config } from '@drawbridge/settings'
import { type JetStreamManager, jetstreamManager, type StreamConfig } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { bindOnce, type LogUse, publishFirst, useOf } from './bind-risk-log.ts'
import { type Difference, differencesOf } from './configuration-differences.ts'

/** The result of provisioning, for people to read. */
export interface Provisioned {
  readonly created: readonly string[]
  /** True if the first flags and limits were written now; false if the log has them already. */
  readonly configured: boolean
  /** Differences between log and settings; the log is in force. */
  readonly differences: readonly Difference[]
  /** Whether guardians use the present risk log. */
  readonly use: LogUse
}

/** The author of the first configuration: the program itself. */
export const PROVISION = 'provision'

/** Creation time of the risk log that the history was made from; null: no history, or unknown. */
export type KnownLog = () => Promise<string | null>

/**
 * Creates missing streams and writes the first configuration into the log, once. Safe to repeat and to run twice at the
 * same time. The log's configuration is never overwritten: change it with control inputs.
 *
 * A new risk log beside older inputs or an older history replaces one that was lost: it is left without a configuration,
 * for an operator to adopt.
 * @param knownLog asked if the risk log is empty
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
  const own = config.notify.channels.length === 0 ? [] : notifierStreamSettings(replicas)
  for (const settings of inOrder([...streamSettings(replicas), ...own])) {
    if ((await lastSeqOf(manager, settings.name)) === null) {
      await manager.streams.add({ ...settings, subjects: [...settings.subjects] } as unknown as NamedConfig)
      created.push(settings.name)
    } else await updateStream(manager, settings)
    // Before any input exists, so that no guardian takes the log for a first one.
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

/** INPUTS last: from then on it accepts inputs. */
function inOrder(settings: readonly StreamSettings[]): readonly StreamSettings[] {
  return [...settings].sort((a, b) => Number(a.name === streams.inputs) - Number(b.name === streams.inputs))
}

/**
 * Marks a new or empty risk log as the replacement of the log that the history was made from, if that is another one. A
 * new log may already hold events of a guardian that takes it for the old one.
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

/** 0: it never held a message; null: the stream does not exist. */
async function lastSeqOf(manager: JetStreamManager, stream: string): Promise<number | null> {
  try {
    return (await manager.streams.info(stream)).state.last_seq
  } catch (error) {
    if (isStreamMissing(error)) return null
    throw error
  }
}

/** Publishes an input unless it was published before: then its event is in the log, or it waits for a decision. */
async function writeOnce(
  connection: NatsConnection,
  manager: JetStreamManager,
  inputSubject: string,
  eventSubject: string,
  message: object,
): Promise<boolean> {
  if ((await lastMessage(manager, streams.risk, eventSubject)) !== null) return false
  return publishFirst(connection, inputSubject, toJsonBytes(message))
}

/** For how long streams of earlier versions knew message ids, nanoseconds. */
const IDS_WERE_KNOWN = 120_000_000_000

/** What a stream of an earlier version lacks, and can be without. */
function improvementsOf(config: StreamConfig, { allow_atomic, duplicate_window }: StreamSettings) {
  return {
    ...(allow_atomic === true && config.allow_atomic !== true ? { allow_atomic } : {}),
    ...(config.duplicate_window === IDS_WERE_KNOWN && duplicate_window < IDS_WERE_KNOWN ? { duplicate_window } : {}),
  }
}

/**
 * Gives a stream that an earlier version created the subjects of this version, lets it take batches, and forget message ids
 * as early as today. What it has otherwise stays.
 * @throws if subjects are missing and the user may not change a stream: with the command that does it. The rest is not
 * needed: without batches events are stored one at a time.
 */
async function updateStream(manager: JetStreamManager, settings: StreamSettings): Promise<void> {
  const { name, subjects } = settings
  const { config } = await manager.streams.info(name)
  const missing = subjects.filter((subject) => !config.subjects.includes(subject))
  const improvements = improvementsOf(config, settings)
  if (missing.length === 0 && Object.keys(improvements).length === 0) return
  const all = [...config.subjects, ...missing]
  try {
    await manager.streams.update(name, { subjects: all, ...improvements })
  } catch (error) {
    if (missing.length === 0) return
    throw new Error(
      `${name} was created by an earlier version without ${missing.join(', ')}, and this user may not change it. ` +
        `Run as a user who may: nats stream edit ${name} --subjects="${all.join(',')}"`,
      { cause: error },
    )
  }
}
