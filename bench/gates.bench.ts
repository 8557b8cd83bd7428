/**
 * The cost of many gates: the time until all are open at the start and after a restart of the server, their memory, and the
 * number of consumers of RISK meanwhile. One process has all gates, one guardian answers, the server keeps its
 * streams in files. `npm run bench -- gates [number of gates]` appends to bench/results/gates.jsonl.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { Gate, GateFollower } from '@drawbridge/client'
import { streams, subjects } from '@drawbridge/contracts'
import { connectNats } from '@drawbridge/nats'
import { Guardian } from '@drawbridge/risk-guardian'
import { createLogger, Lifecycle, MetricRegistry, provision } from '@drawbridge/service-kit'
import { NatsServer } from '@drawbridge/testing/nats-server'
import { validConfig } from '@drawbridge/testing/streams'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { roundTo } from './figures.ts'
import { use } from './released.ts'
import { appendResult, headOf, loadNow, machineLine, surroundings } from './results.ts'

const GATES = 5_000
const AT_ONCE = 500
const LEASE_MS = 10_000
const OPEN_WITHIN_MS = 120_000
const LOOK_EVERY_MS = 20
const log = createLogger('bench', 'silent')

const wanted = process.argv.slice(2).find((argument) => /^\d+$/.test(argument))
const count = wanted === undefined ? GATES : Number(wanted)
const traders = Array.from({ length: count }, (_, index) => `bot${index + 1}`)

/** @throws if it takes too long */
async function until(isTrue: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + OPEN_WITHIN_MS
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error(`waited too long for ${what}`)
    await delay(LOOK_EVERY_MS)
  }
}

const loadBefore = loadNow()

const { value: server, release: closeServer } = await use(
  'nats-server',
  () => NatsServer.start(),
  (started) => started.close(),
)
const connection = await connectNats(server.url, 'bench', log)
await provision(connection, validConfig({ max_traders: count }))
const manager = await jetstreamManager(connection, { timeout: 5_000, checkAPI: false })
const lifecycle = new Lifecycle(log)
const guardian = new Guardian({
  connection: await connectNats(server.url, 'bench guardian', log),
  manager: await jetstreamManager(connection, { timeout: 2_000, checkAPI: false }),
  name: 'bench',
  leaseMs: LEASE_MS,
  lifecycle,
  registry: new MetricRegistry(),
  log,
})
await guardian.start()
const client = jetstream(connection, { timeout: 20_000 })
for (let from = 0; from < count; from += AT_ONCE) {
  const some = traders.slice(from, from + AT_ONCE)
  await Promise.all(some.map((trader) => client.publish(subjects.tick(trader), '{"equity": 1000}')))
}
const { last_seq: inputs } = (await manager.streams.info(streams.inputs)).state
await until(() => guardian.settled >= inputs, 'all decisions')

const consumersOf = async () => (await manager.streams.info(streams.risk)).state.consumer_count
const memoryMb = () => {
  globalThis.gc?.()
  return roundTo(process.memoryUsage().heapUsed / 2 ** 20, 1)
}
const consumersBefore = await consumersOf()
const memoryBefore = memoryMb()
const gates = new Map(traders.map((trader) => [trader, new Gate(trader, LEASE_MS)]))
const bots = await connectNats(server.url, 'bench bots', log)
const onFailed = (error: Error) => {
  throw error
}
const follower = new GateFollower({ connection: bots, gates, leaseMs: LEASE_MS, log, onFailed })
const areOpen = () => follower.current && [...gates.values()].every((gate) => gate.canTrade().allowed)

const startedAt = performance.now()
await follower.start()
const readMs = performance.now() - startedAt
await until(areOpen, 'all gates to open')
const openMs = performance.now() - startedAt
const consumersWith = await consumersOf()
const memoryWith = memoryMb()

await server.kill()
await until(() => follower.away !== null, 'the loss of the server to be noticed')
await server.start()
const restartedAt = performance.now()
await until(areOpen, 'all gates to be current again')
const againMs = performance.now() - restartedAt
const consumersAfter = await consumersOf()

const result = {
  ...headOf('gates'),
  gates: count,
  readMs: Math.round(readMs),
  openMs: Math.round(openMs),
  openAgainMs: Math.round(againMs),
  heapMb: { before: memoryBefore, with: memoryWith },
  riskConsumers: { before: consumersBefore, with: consumersWith, afterRestart: consumersAfter },
  settings: { leaseMs: LEASE_MS, guardians: 1, processes: 1, storage: 'file' },
  ...surroundings({ natsServer: connection.info?.version ?? 'unknown' }, loadBefore),
}
console.log(JSON.stringify(result, null, 2))
console.log(machineLine())
console.log(`appended to ${appendResult(result)}`)
follower.stop()
await lifecycle.stop()
for (const one of [bots, connection]) await one.close()
await closeServer()
process.exit(0)
