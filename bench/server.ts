import { setTimeout as delay } from 'node:timers/promises'
import { streams, subjects } from '@drawbridge/contracts'
import { freePort, startPrivateNats } from '@drawbridge/dev-stack'
import { bindOnce, provision } from '@drawbridge/service-kit'
import { validConfig } from '@drawbridge/testing/streams'
import { jetstreamManager, type StreamState } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { NodeProcess } from './node-process.ts'
import { use, useFolder } from './released.ts'

/** Longer than any measured catch-up takes. */
const STORED_WITHIN_MS = 300_000
const LOOK_EVERY_MS = 20

export type BenchServer = Awaited<ReturnType<typeof startServer>>

/** Starts a private nats-server in its own folder, with the streams of `provision`. */
export async function startServer(config = validConfig({ max_traders: 1_000_000 })) {
  const { value: folder, release: removeFolder } = await useFolder()
  const port = await freePort()
  const start = () => startPrivateNats({ dataDir: folder, port })
  const { value: server, release: stopServer } = await use('nats-server', start, (started) => started.stop())
  const connection = await connect({ servers: server.url, noAsyncTraces: true })
  const manager = await jetstreamManager(connection, { timeout: 60_000 })
  await provision(connection, config)
  const renew = async (...names: readonly string[]) => {
    for (const name of names) await manager.streams.delete(name)
    await provision(connection, config)
  }
  const env = { NATS_URL: server.url, RISK_GUARDIAN_PORT: '0' }
  return {
    url: server.url,
    version: connection.info?.version ?? 'unknown',
    folder,
    connection,
    manager,
    /** Empties RISK: deletes it, provisions it again, and binds it to INPUTS, whose first input is decided next. */
    async renewRisk() {
      await renew(streams.risk)
      // It replaces the deleted one; guardians do not use it before it is bound.
      const inputs = await manager.streams.info(streams.inputs)
      await bindOnce(connection, { settled: 0, inputsCreated: inputs.created })
    },
    /** Empties RISK and INPUTS; INPUTS begins again with the first configuration. */
    renewAll: () => renew(streams.risk, streams.inputs),
    startGuardian: () => new NodeProcess('services/risk-guardian/src/main.ts', folder, env),
    /** Starts a script of `bench/guardian`. */
    startFloor: (script: string, ...args: readonly string[]) =>
      new NodeProcess(`bench/guardian/${script}`, folder, env, args),
    async [Symbol.asyncDispose]() {
      await connection.close()
      await stopServer()
      await removeFolder()
    },
  }
}

export async function serverVersion(): Promise<string> {
  await using server = await startServer()
  return server.version
}

/** A stretch of RISK by its own timestamps. */
export interface Stretch {
  readonly events: number
  readonly seconds: number
}

/**
 * Waits until RISK holds this many events of traders after `afterSeq`. Returns how long they took, from the first one
 * stored to the last one.
 */
export async function stored(server: BenchServer, events: number, afterSeq = 0): Promise<Stretch> {
  const state = await untilStored(server, events, afterSeq)
  const first = await firstTraderEvent(server, afterSeq)
  return { events, seconds: (Date.parse(state.last_ts) - first) / 1_000 }
}

async function untilStored({ manager }: BenchServer, events: number, afterSeq: number): Promise<StreamState> {
  const deadline = performance.now() + STORED_WITHIN_MS
  while (performance.now() < deadline) {
    const { state } = await manager.streams.info(streams.risk)
    if (state.last_seq - afterSeq >= events) {
      // Events of the configuration are not decisions on ticks.
      const { state: config } = await manager.streams.info(streams.risk, { subjects_filter: subjects.configAll })
      const others = afterSeq > 0 ? 0 : Object.values(config.subjects ?? {}).reduce((sum, count) => sum + count, 0)
      if (state.last_seq - afterSeq - others >= events) return state
    }
    await delay(LOOK_EVERY_MS)
  }
  throw new Error(`RISK did not get ${events} events within ${STORED_WITHIN_MS / 1_000} s`)
}

async function firstTraderEvent({ manager }: BenchServer, afterSeq: number): Promise<number> {
  for (let seq = afterSeq + 1; ; seq += 1) {
    const message = await manager.streams.getMessage(streams.risk, { seq })
    if (message === null) throw new Error(`RISK has no event ${seq}`)
    if (!message.subject.startsWith(subjects.configAll.slice(0, -1))) return message.time.getTime()
  }
}
