import { streams } from '@drawbridge/contracts'
import { JetStreamApiError, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

const STREAM_NOT_FOUND = 10_059

/** Deletes all streams of Drawbridge, whose names are fixed; provisioning creates them again, empty. */
export async function resetStreams(connection: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(connection, { timeout: 10_000 })
  for (const name of Object.values(streams)) {
    try {
      await manager.streams.delete(name)
    } catch (error) {
      if (!(error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND)) throw error
    }
  }
}
