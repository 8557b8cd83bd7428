import { streams } from '@drawbridge/contracts'
import { provision } from '@drawbridge/service-kit'
import { type Config, loadConfig } from '@drawbridge/settings'
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

/** Replaces all streams by empty ones, provisioned with this content of `config.json`. */
export async function freshStreams(connection: NatsConnection, file: object = {}): Promise<void> {
  await resetStreams(connection)
  await provision(connection, validConfig(file))
}

/** The configuration of this `config.json` and this environment. @throws if it is not valid */
export function validConfig(file: object = {}, env: Readonly<Record<string, string>> = {}): Config {
  const config = loadConfig(env, JSON.stringify(file))
  if (!config.ok) throw new Error(config.reason)
  return config.value
}
