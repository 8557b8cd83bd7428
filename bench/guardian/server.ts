import { setTimeout as delay } from 'node:timers/promises'
import { streams, subjects } from '@drawbridge/contracts'
import { freePort, startPrivateNats } from '@drawbridge/dev-stack'
import { bindOnce, provision } from '@drawbridge/service-kit'
import { loadConfig } from '@drawbridge/settings'
import { type JetStreamManager, jetstreamManager, type StreamState } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { use, useFolder } from '../released.ts'
import { NodeProcess } from './node-process.ts'

/** Longer than any measured catch-up takes. */
const STORED_WITHIN_MS = 300_000
const LOOK_EVERY_MS = 20

/** A private nats-server in its own folder, with the streams of `provision`. */
export interface BenchServer {
  readonly url: string
  readonly version: string
  readonly folder: string
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  /** Empties RISK: deletes it, provisions it again, and binds it to INPUTS, whose first input is decided next. */
  renewRisk(): Promise<void>
  /** Empties RISK and INPUTS; INPUTS begins again with the first configuration. */
  renewAll(): Promise<void>
  /** @param env settings beside those of where the server is */
  startGuardian(env?: Readonly<Record<string, string>>): NodeProcess
  /** Starts a floor, a script of this folder. */
  startFloor(script: string, ...args: readonly string[]): NodeProcess
  stop(): Promise<void>
}

export async function startServer(): Promise<BenchServer> {
  const { value: folder, release: removeFolder } = await useFolder()
  const port = await freePort()
  const start = () => startPrivateNats({ dataDir: folder, port })
  const { value: server, release: stopServer } = await use('nats-server', start, (started) => started.stop())
  const connection = await connect({ servers: server.url, noAsyncTraces: true })
  const manager = await jetstreamManager(connection, { timeout: 60_000 })
  const config = loadConfig({}, JSON.stringify({ max_traders: 1_000_000 }))
  if (!config.ok) throw new Error(config.reason)
  await provision(connection, config.value)
  const renew = async (...names: readonly string[]) => {
    for (const name of names) await manager.streams.delete(name)
    await provision(connection, config.value)
  }
  const env = { NATS_URL: server.url, RISK_GUARDIAN_PORT: '0' }
  return {
    url: server.url,
    version: connection.info?.version ?? 'unknown',
    folder,
    connection,
    manager,
    async renewRisk() {
      await renew(streams.risk)
      // It replaces the deleted one; guardians do not use it before it is bound.
      const inputs = await manager.streams.info(streams.inputs)
      await bindOnce(connection, { settled: 0, inputsCreated: inputs.created })
    },
    renewAll: () => renew(streams.risk, streams.inputs),
    startGuardian: (more = {}) => new NodeProcess('services/risk-guardian/src/main.ts', folder, { ...env, ...more }),
    startFloor: (script, ...args) => new NodeProcess(`bench/guardian/${script}`, folder, env, args),
    async stop() {
      await connection.close()
      await stopServer()
      await removeFolder()
    },
  }
}

/** A stretch of RISK by its own timestamps. */
export interface Stretch {
  readonly events: number
  readonly seconds: number
}

/**
 * Waits until RISK holds so many events of traders after `afterSeq`, and says how long they took, from the first one
 * stored to the last one.
 */
export async function stored(server: BenchServer, events: number, afterSeq = 0): Promise<Stretch> {
  const { manager } = server
  const state = await untilStored(manager, events, afterSeq)
  const first = await firstTraderEvent(manager, afterSeq)
  return { events, seconds: (Date.parse(state.last_ts) - first) / 1_000 }
}

async function untilStored(manager: JetStreamManager, events: number, afterSeq: number): Promise<StreamState> {
  const deadline = performance.now() + STORED_WITHIN_MS
  while (performance.now() < deadline) {
    const { state } = await manager.streams.info(streams.risk)
    if (state.last_seq - afterSeq >= events) {
      // Events of the configuration are no decisions on ticks.
      const { state: config } = await manager.streams.info(streams.risk, { subjects_filter: subjects.configAll })
      const others = afterSeq > 0 ? 0 : Object.values(config.subjects ?? {}).reduce((sum, count) => sum + count, 0)
      if (state.last_seq - afterSeq - others >= events) return state
    }
    await delay(LOOK_EVERY_MS)
  }
  throw new Error(`RISK did not get ${events} events within ${STORED_WITHIN_MS / 1_000} s`)
}

async function firstTraderEvent(manager: JetStreamManager, afterSeq: number): Promise<number> {
  for (let seq = afterSeq + 1; ; seq += 1) {
    const message = await manager.streams.getMessage(streams.risk, { seq })
    if (message === null) throw new Error(`RISK has no event ${seq}`)
    if (!message.subject.startsWith(subjects.configAll.slice(0, -1))) return message.time.getTime()
  }
}
