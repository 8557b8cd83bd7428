import { setTimeout as delay } from 'node:timers/promises'
import { Random } from '@drawbridge/testing/random'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { catchUp } from './catch-up.ts'
import { check } from './check/check.ts'
import type { Evidence, Violation } from './check/evidence.ts'
import { readInputs, readInputsOffset, readRisk, readTables } from './check/read-evidence.ts'
import { type FaultName, faults, faultsOf } from './faults.ts'
import { type BotSettings, reportByHttp, reportByNats } from './load/bots.ts'
import { ClientLog } from './load/client-log.ts'
import { listen, observeGate, POLL_MS } from './load/observer.ts'
import { Operator } from './load/operator.ts'
import { ChaosSystem } from './system.ts'

/** Short, so that gates close during faults. */
const LEASE_SECONDS = 3
const BY_HTTP: readonly string[] = ['web1', 'web2', 'web3']
const BY_NATS: readonly string[] = ['wire1', 'wire2']
const TRADERS = [...BY_HTTP, ...BY_NATS]
/** Pause between the end of a fault and the next one, in addition to the recovery time. */
const CALM_MS = { least: 1_000, most: 4_000 } as const
/** A shorter run only has time for kills and frozen processes. */
const LONG_RUN_SECONDS = 120
/** Log lines shown per service if the system does not recover. */
const LINES_SHOWN = 10

interface ChaosSettings {
  readonly seed: number
  readonly seconds: number
  readonly say: (line: string) => void
  /** Aborts the run; nothing is checked then. */
  readonly interrupted?: AbortSignal
}

interface ChaosResult {
  readonly seed: number
  readonly faults: readonly FaultName[]
  readonly inputs: number
  readonly events: number
  readonly rows: number
  readonly acknowledged: number
  readonly commands: number
  readonly looks: number
  readonly exitsAllowed: number
  readonly heard: number
  readonly violations: readonly Violation[]
}

/**
 * Runs the system under load and faults for the given time, lets it catch up, and checks the result.
 * @throws if it was interrupted, or if the system does not start
 */
export async function runChaos({ seed, seconds, say, interrupted }: ChaosSettings): Promise<ChaosResult> {
  const began = Date.now()
  const sayWithTime = (line: string) => say(`${((Date.now() - began) / 1_000).toFixed(1).padStart(6)} s  ${line}`)
  sayWithTime(`seed ${seed}: the system starts`)
  const system = await ChaosSystem.start({ traders: TRADERS, leaseSeconds: LEASE_SECONDS })
  const connection = await connect({ servers: system.nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 250 })
  const end = Promise.withResolvers<never>()
  interrupted?.addEventListener('abort', () => end.reject(new Error('it was interrupted')))
  end.promise.catch(() => undefined)
  if (interrupted?.aborted === true) end.reject(new Error('it was interrupted'))
  const scene = { system, connection, log: new ClientLog(), seed, say: sayWithTime }
  try {
    return await Promise.race([runIn(scene, seconds), end.promise])
  } finally {
    await connection.close()
    await system.stop()
  }
}

async function runIn(scene: Scene, seconds: number): Promise<ChaosResult> {
  const { system, connection, log, seed, say } = scene
  const injected: FaultName[] = []
  const stuck: Violation[] = []
  listen(connection, log)
  say('the load begins')
  try {
    await underLoad(scene, () => injectFaults(scene, seconds, injected))
    say('the load has ended')
    await catchUp(scene, { byHttp: BY_HTTP, byNats: BY_NATS })
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    stuck.push({ promise: 'the system recovers', expected: 'all to be ready again, and to catch up', found })
    for (const { name, process } of system.services) {
      for (const line of process.lines().slice(-LINES_SHOWN)) say(`  ${name}: ${JSON.stringify(line)}`)
    }
  }
  say('the check begins')
  const evidence: Evidence = {
    ...{ leaseMs: LEASE_SECONDS * 1_000, pollMs: POLL_MS, client: log.record(system.trader.endedAt) },
    inputs: [...log.keptInputs, ...(await readInputs(connection, await readInputsOffset(connection)))],
    ...(await readRisk(connection)),
    ...(await readTables(system.databaseUrl)),
  }
  return { ...summaryOf(evidence, log), seed, faults: injected, violations: [...stuck, ...check(evidence)] }
}

/** One fault after another, with time to recover between them. */
async function injectFaults({ system, log, seed, say }: Scene, seconds: number, injected: FaultName[]): Promise<void> {
  const random = Random.of(seed, 'faults')
  const until = Date.now() + seconds * 1_000
  for (const name of faultsOf(Random.of(seed, 'which'), seconds >= LONG_RUN_SECONDS)) {
    await delay(random.between(CALM_MS.least, CALM_MS.most))
    if (Date.now() >= until) return
    injected.push(name)
    say(name)
    await faults[name]({ system, random, say: (line) => say(`  ${line}`), log })
    const endedAt = Date.now()
    const last = await system.untilReady()
    const recoveredIn = ((Date.now() - endedAt) / 1_000).toFixed(1)
    say(`  recovered ${recoveredIn} s after its end${last === null ? '' : `; at last waited for ${last}`}`)
  }
}

interface Scene {
  readonly system: ChaosSystem
  readonly connection: NatsConnection
  readonly log: ClientLog
  readonly seed: number
  /** With the time. */
  readonly say: (line: string) => void
}

/** Runs bots, gate checks and an operator while an action is running. */
async function underLoad({ system, connection, log, seed }: Scene, work: () => Promise<void>): Promise<void> {
  const stop = new AbortController()
  const stopping = stop.signal
  const url = system.traderUrl
  const bot = (trader: string): BotSettings => ({ trader, random: Random.of(seed, trader), log, stopping })
  const operator = new Operator({ traders: TRADERS, url: system.consoleUrl, random: Random.of(seed, 'operator'), log })
  const load = [
    ...BY_HTTP.map((trader) => reportByHttp(bot(trader), url)),
    ...BY_NATS.map((trader) => reportByNats(bot(trader), connection)),
    ...TRADERS.map((trader) => observeGate(url, trader, log, stopping)),
    operator.work(stopping),
  ]
  try {
    await work()
  } finally {
    stop.abort()
    await Promise.all(load)
    await operator.switchAllOn()
  }
}

function summaryOf({ inputs, events, history, client }: Evidence, { exitsAllowed }: ClientLog) {
  const counts = { inputs: inputs.length, events: events.length, rows: history.length }
  const told = { acknowledged: client.ticks.length, commands: client.commands.length, heard: client.heard.length }
  return { ...counts, ...told, looks: client.looks.length, exitsAllowed }
}
