import { durables, HEARTBEAT_INTERVAL_MS, inboxPrefixes, streams, subjects } from '@drawbridge/contracts'
import { connectNats, isConsumerMissing } from '@drawbridge/nats'
import { differenceInWords, differencesOf, type Logger, TO_APPLY } from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import { type JetStreamManager, jetstreamManager, type StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { withoutPassword } from '../servers.ts'
import { type Finding, fault, firstLine, ok, warning } from './finding.ts'
import { isAtLeast } from './machine.ts'

const ANSWERS_WITHIN_MS = 3_000
const RECOMMENDED = '2.14'
const HEARTBEATS =
  'start one, or see its log and /readyz: gates are closed. If it cannot write: free space on the disk of NATS, and restart NATS'
/** Written in a second or two. */
const BEHIND_MAX = 10_000

/** The NATS of the settings, as far as it could be reached. */
export interface Nats {
  readonly findings: readonly Finding[]
  readonly connection: NatsConnection | null
  readonly manager: JetStreamManager | null
}

export async function reachNats(config: Config, log: Logger): Promise<Nats> {
  const where = withoutPassword(config.natsUrl)
  let connection: NatsConnection
  try {
    connection = await connectNats(config.nats, 'drawbridge doctor', log, false, inboxPrefixes.admin)
  } catch (error) {
    const advice = 'start it, or set NATS_URL; 2.12 or newer with JetStream'
    return { findings: [fault('NATS', `${where}: ${firstLine(error)}`, advice)], connection: null, manager: null }
  }
  const { version = '' } = connection.info ?? {}
  const found = `${version || 'unknown version'} at ${where}`
  const server = isAtLeast(version, RECOMMENDED)
    ? ok('NATS', found)
    : warning('NATS', found, `${RECOMMENDED} or newer is recommended`)
  try {
    const manager = await jetstreamManager(connection, { timeout: ANSWERS_WITHIN_MS })
    return { findings: [server, ok('JetStream', 'on')], connection, manager }
  } catch (error) {
    const off = fault('JetStream', firstLine(error), 'start nats-server with JetStream: nats-server -js -sd <folder>')
    return { findings: [server, off], connection, manager: null }
  }
}

/** The clock of the server, which is the one of JetStream; milliseconds. */
export async function natsTime(manager: JetStreamManager): Promise<number> {
  const info = (await manager.streams.info(streams.inputs)) as StreamInfo & { readonly ts?: string }
  return Date.parse(info.ts ?? '')
}

export async function checkConsumer(manager: JetStreamManager): Promise<Finding> {
  const check = 'consumer of the persisters'
  try {
    const { num_pending: pending, num_ack_pending: unacked } = await manager.consumers.info(
      streams.risk,
      durables.persister,
    )
    const behind = pending + unacked
    const found = behind === 0 ? 'has everything' : `${behind} events are not stored yet`
    if (behind <= BEHIND_MAX) return ok(check, found)
    return warning(check, found, 'see that persisters run and enable_persistence is on; start more of them')
  } catch (error) {
    if (!isConsumerMissing(error)) throw error
    return warning(check, 'does not exist yet', 'start a persister; it creates it')
  }
}

/** Whether a guardian works: it sends a heartbeat each second while it keeps up. */
export async function checkGuardian(connection: NatsConnection): Promise<Finding> {
  const heard = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), 2 * HEARTBEAT_INTERVAL_MS)
    connection.subscribe(subjects.heartbeat, {
      max: 1,
      callback: (error) => {
        clearTimeout(timer)
        resolve(error === null)
      },
    })
  })
  if (heard) return ok('risk guardian', 'is heard')
  return warning('risk guardian', 'no heartbeat is heard', HEARTBEATS)
}

/** Where the settings differ from the log. */
export async function checkDifferences(manager: JetStreamManager, config: Config): Promise<readonly Finding[]> {
  const check = 'settings and log'
  const differences = await differencesOf(manager, config)
  if (differences.length === 0) return [ok(check, 'say the same')]
  return differences.map((difference) => warning(check, differenceInWords(difference), TO_APPLY))
}
