import { headerNames, limitsToMessage, streamSettings, streams, subjects, toJsonBytes } from '@drawbridge/contracts'
import { type JetStreamManager, jetstream, jetstreamManager, type StreamConfig } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import type { Config } from './config.ts'
import { differencesOf } from './configuration-differences.ts'
import { lastMessage } from './last-message.ts'
import { apiErrorCode } from './nats.ts'

/** What provisioning did, for people to read. */
export interface Provisioned {
  readonly created: readonly string[]
  /** True where the first flags and limits were written now; false where the log has them already. */
  readonly configured: boolean
  /** Where the log holds another configuration than the settings: the log is in force. One sentence each. */
  readonly differences: readonly string[]
}

const WRONG_LAST_SEQUENCE: readonly number[] = [10_071, 10_164]

/**
 * Creates the streams that are missing and writes the first configuration into the log, once. Safe to repeat and to
 * run twice at the same time. What the log holds is never overwritten: change it with control inputs.
 */
export async function provision(connection: NatsConnection, config: Config, replicas = 1): Promise<Provisioned> {
  const manager = await jetstreamManager(connection, { timeout: 10_000 })
  const created: string[] = []
  for (const settings of streamSettings(replicas)) {
    if (await exists(manager, settings.name)) continue
    await manager.streams.add({ ...settings, subjects: [...settings.subjects] } as unknown as Partial<StreamConfig> & {
      name: string
    })
    created.push(settings.name)
  }
  const flags = await writeOnce(connection, manager, subjects.controlFlags, subjects.config('flags'), {
    enable_risk_enforcement: config.enforcement,
    enable_persistence: config.persistence,
    by: 'provision',
  })
  const limits = await writeOnce(connection, manager, subjects.controlLimits, subjects.config('limits'), {
    ...limitsToMessage(config.limits),
    ...(config.maxTraders === null ? {} : { max_traders: config.maxTraders }),
    traders: Object.fromEntries(
      Object.entries(config.traders).map(([id, trader]) => [id, limitsToMessage(trader.limits)]),
    ),
    by: 'provision',
  })
  return { created, configured: flags || limits, differences: await differencesOf(manager, config) }
}

async function exists(manager: JetStreamManager, stream: string): Promise<boolean> {
  try {
    await manager.streams.info(stream)
    return true
  } catch (error) {
    if (apiErrorCode(error) === 10_059) return false
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
    if (WRONG_LAST_SEQUENCE.includes(apiErrorCode(error) ?? 0)) return false
    throw error
  }
}
