import { streams, type TraderId } from '@drawbridge/contracts'
import { connectNats, type Lifecycle, type Logger, type NatsAccess, requireStreams } from '@drawbridge/service-kit'
import { type JetStreamClient, type JetStreamManager, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Gate } from './gate.ts'
import { GateFollower } from './inbound/gate-follower.ts'
import { Outbox } from './outbound/outbox.ts'

/** What binds traders to NATS, in the service and in a bot's own process alike. */
export interface TraderLink {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly client: JetStreamClient
  /** Sends the ticks of the gate's trader; what still waits when the lifecycle stops is given a moment. */
  openOutbox(gate: Gate): Outbox
  /** Keeps gates up to date, once started, until the lifecycle stops. */
  followerOf(gates: ReadonlyMap<TraderId, Gate>, leaseMs: number, onFailed: (error: Error) => void): GateFollower
}

/** Waits while there is no NATS server. @throws where the streams are missing or NATS refuses us */
export async function openLink(nats: NatsAccess, name: string, lifecycle: Lifecycle, log: Logger): Promise<TraderLink> {
  const connection = await connectNats(nats, name, log)
  lifecycle.onStop('NATS connection', () => connection.close())
  const manager = await requireStreams(connection, [streams.inputs, streams.risk])
  const client = jetstream(connection, { timeout: 5_000 })
  const outboxes: Outbox[] = []
  lifecycle.onStop('ticks', async () => void (await Promise.all(outboxes.map((outbox) => outbox.close()))))
  return {
    connection,
    manager,
    client,
    openOutbox(gate) {
      const outbox = new Outbox(client, gate, log)
      outboxes.push(outbox)
      return outbox
    },
    followerOf(gates, leaseMs, onFailed) {
      const follower = new GateFollower({ connection, gates, leaseMs, log, onFailed })
      lifecycle.onStop('gates', () => follower.stop())
      return follower
    },
  }
}
