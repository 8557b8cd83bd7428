import { streams, type TraderId } from '@drawbridge/contracts'
import { awaitStreams, connectNats, type Logger, type NatsAccess } from '@drawbridge/nats'
import { type JetStreamClient, type JetStreamManager, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Gate } from './gate.ts'
import { GateFollower, type GateFollowerOptions } from './inbound/gate-follower.ts'
import { Outbox } from './outbound/outbox.ts'
import type { Telemetry } from './telemetry.ts'

/** The connection of traders to NATS, in the service and in a bot's own process. */
export interface TraderLink {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly client: JetStreamClient
  /** Sends the ticks of the gate's trader. */
  openOutbox(gate: Gate): Outbox
  /** Gives the waiting ticks of one trader a moment to be sent. */
  closeOutbox(outbox: Outbox): Promise<void>
  /** Keeps gates up to date, once started. */
  followerOf(gates: ReadonlyMap<TraderId, Gate>, options: FollowerOptions): GateFollower
  /** Closes the gates for good, gives waiting ticks a moment to be sent, and closes the connection. Safe to repeat. */
  close(): Promise<void>
}

type FollowerOptions = Pick<GateFollowerOptions, 'leaseMs' | 'lookEveryMs' | 'onDecision' | 'onFailed'>

/** Waits while there is no NATS server. @throws where the streams are missing or NATS refuses us */
export async function openLink(
  nats: NatsAccess,
  name: string,
  log: Logger,
  telemetry: Telemetry | null = null,
): Promise<TraderLink> {
  const connection = await connectNats(nats, name, log)
  try {
    return linkOver(connection, await awaitStreams(connection, [streams.inputs, streams.risk], log), log, telemetry)
  } catch (error) {
    await connection.close()
    throw error
  }
}

function linkOver(
  connection: NatsConnection,
  manager: JetStreamManager,
  log: Logger,
  telemetry: Telemetry | null,
): TraderLink {
  const client = jetstream(connection, { timeout: 5_000 })
  const outboxes = new Set<Outbox>()
  const followers: GateFollower[] = []
  const closeAll = async () => {
    for (const follower of followers) follower.stop()
    await Promise.all([...outboxes].map((outbox) => outbox.close()))
    await connection.close()
  }
  let closing: Promise<void> | null = null
  return {
    connection,
    manager,
    client,
    openOutbox(gate) {
      const outbox = new Outbox(connection, gate, log, telemetry)
      outboxes.add(outbox)
      return outbox
    },
    closeOutbox(outbox) {
      outboxes.delete(outbox)
      return outbox.close()
    },
    followerOf(gates, options) {
      const follower = new GateFollower({ connection, gates, log, telemetry, ...options })
      followers.push(follower)
      return follower
    },
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}
