import { notifierStreams, streams } from '@drawbridge/contracts'
import { provision } from '@drawbridge/service-kit'
import { type Config, loadConfig } from '@drawbridge/settings'
import { JetStreamApiError, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { eventually } from './eventually.ts'

const STREAM_NOT_FOUND = 10_059

/** Deletes all streams of Drawbridge, whose names are fixed; provisioning creates them again, empty. */
export async function resetStreams(connection: NatsConnection): Promise<void> {
  const manager = await jetstreamManager(connection, { timeout: 10_000 })
  for (const name of [...Object.values(streams), ...Object.values(notifierStreams)]) {
    try {
      await manager.streams.delete(name)
    } catch (error) {
      if (!(error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND)) throw error
    }
  }
}

/** Replaces all streams by empty ones, provisioned with this content of `config.json`. */
export async function freshStreams(connection: NatsConnection, file: ConfigFile = {}): Promise<void> {
  const config = validConfig(file)
  const began = Date.now()
  const renew = async () => {
    await resetStreams(connection)
    await provision(connection, config)
    return !(await hasMessagesFromBefore(began, connection))
  }
  await eventually(renew, { what: 'streams without messages of deleted ones' })
}

/**
 * A busy server may still have the files of a deleted stream when its name is used again. Then it makes no stream, or takes
 * over what is left of the deleted one.
 */
async function hasMessagesFromBefore(time: number, connection: NatsConnection): Promise<boolean> {
  const manager = await jetstreamManager(connection, { timeout: 10_000 })
  const found = await Promise.all(Object.values(streams).map((name) => manager.streams.info(name)))
  return found.some(({ state }) => state.messages > 0 && Date.parse(state.first_ts) < time)
}

/** What `config.json` says, unchecked. */
type ConfigFile = { readonly limits?: object } & Readonly<Record<string, unknown>>

/** One reading decides, and silence is not judged, unless a file says otherwise: most tests are about something else. */
const ONE_READING_DECIDES = { confirm_jump: null, stale_after_seconds: null }

/**
 * The configuration of this `config.json` and this environment, with `confirm_jump` and `stale_after_seconds` off where the
 * file does not name them. @throws if it is not valid
 */
export function validConfig(file: ConfigFile = {}, env: Readonly<Record<string, string>> = {}): Config {
  const limits = { ...ONE_READING_DECIDES, ...file.limits }
  const config = loadConfig(env, JSON.stringify({ ...file, limits }))
  if (!config.ok) throw new Error(config.reason)
  return config.value
}
