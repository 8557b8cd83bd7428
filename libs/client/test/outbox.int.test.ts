import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { decodeTick, headerNames, type RiskEvent, subjects, toJsonBytes } from '@drawbridge/contracts'
import { freePort, type PrivateServer, startPrivateNats } from '@drawbridge/dev-stack'
import { connectNats } from '@drawbridge/nats'
import { eventually, TcpProxy } from '@drawbridge/testing'
import { log, Scene } from '@drawbridge/testing/client-scene'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { Gate } from '../src/gate.ts'
import { GateFollower } from '../src/inbound/gate-follower.ts'
import { BUFFER_CAPACITY, Outbox } from '../src/outbound/outbox.ts'
import type { OwnTick } from '../src/own-ticks.ts'
import type { Telemetry } from '../src/telemetry.ts'
import { Decisions } from './decisions.ts'

/** A server of this file's own, because it is stopped and started. */
let dataDir: string
let port: number
let server: PrivateServer
let scene: Scene
let connection: NatsConnection
let gate: Gate
let outbox: Outbox

/** What is sent while the server is away counts as lost after this, and is sent again. */
const WAITS = { acknowledgedWithinMs: 200 }
/** Nothing gets through any more. */
const NO_TIME = { closeWithinMs: 100 }

const startServer = async () => {
  server = await startPrivateNats({ dataDir, port })
}

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-outbox-'))
  port = await freePort()
  await startServer()
})
afterAll(async () => {
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})
beforeEach(async () => {
  scene = await Scene.open({}, server.url)
  connection = await connectNats(server.url, 'test trader', log)
  gate = new Gate('bot1', 10_000)
  outbox = new Outbox(connection, gate, log, null, WAITS)
})
afterEach(async () => {
  await outbox.close()
  await connection.close()
  await scene.close()
})

function report(equity: number): OwnTick {
  const payload = toJsonBytes({ equity })
  const tick = decodeTick(payload)
  if (!tick.ok) throw new Error(tick.reason)
  return outbox.send(payload, tick.value, '')
}

const allSent = () => eventually(() => outbox.waiting === 0, { what: 'all ticks to be sent', timeoutMs: 30_000 })

async function stored() {
  // The way of this test to the server was cut as well.
  const ticks = await eventually(() => scene.ticks('bot1'), { what: 'INPUTS to be read', timeoutMs: 30_000 })
  return {
    equities: ticks.map((tick) => (JSON.parse(tick.text) as { equity: number }).equity),
    messageIds: new Set(ticks.map((tick) => tick.messageId)).size,
  }
}

/** The decisions on a trader whose first reading is judged; they are stored when the test says so. */
async function judged(): Promise<Decisions> {
  const decisions = new Decisions('bot1', await scene.inputCount())
  await scene.publish(subjects.tick('bot1'), '{"equity":1000}')
  await scene.store(decisions.tick(1000))
  return decisions
}

/** Stores decisions when the server is back: the way of this test to it was cut as well. */
async function storeAgain(...events: readonly RiskEvent[]): Promise<void> {
  const isStored = () => scene.store(...events).then(() => true)
  await eventually(isStored, { what: 'the decisions to be stored', timeoutMs: 60_000 })
}

test('ticks arrive in the order in which they came', async () => {
  const equities = Array.from({ length: 500 }, (_, index) => 1000 + index)

  for (const equity of equities) report(equity)
  expect(outbox.waiting).toBe(500)
  await allSent()

  expect(await stored()).toEqual({ equities, messageIds: 500 })
  const ids = (await scene.ticks('bot1')).map(({ messageId }) => messageId)
  expect(ids.filter((id) => !/^bot1:./.test(id))).toEqual([])
})

test('ticks that come while NATS is away arrive when it is back: all, in order, once', async () => {
  const equities = Array.from({ length: 900 }, (_, index) => 1000 + (index % 7))
  for (const equity of equities.slice(0, 300)) report(equity)
  await eventually(() => outbox.waiting < 250, { what: 'some ticks to be sent' })

  await server.stop()
  for (const equity of equities.slice(300, 600)) report(equity)
  await startServer()
  for (const equity of equities.slice(600)) report(equity)
  await allSent()

  expect(outbox.thinned).toBe(0)
  expect(await stored()).toEqual({ equities, messageIds: 900 })
})

test('a server that goes and comes back again and again loses no tick and repeats none', async () => {
  const equities: number[] = []
  for (let round = 0; round < 3; round += 1) {
    for (let tick = 0; tick < 100; tick += 1) {
      equities.push(1000 + equities.length)
      report(equities.at(-1) ?? 0)
    }
    await eventually(async () => outbox.waiting < 95, {
      what: 'the server to be in the middle of it',
      timeoutMs: 30_000,
    })
    await server.stop()
    await startServer()
  }
  await allSent()

  expect(await stored()).toEqual({ equities, messageIds: equities.length })
})

test('a tick whose acknowledgement was lost with the connection is sent again as soon as NATS is back, and kept once', async () => {
  const proxy = await TcpProxy.to(server.url)
  const lossy = await connectNats(proxy.url, 'test trader', log)
  const sender = new Outbox(lossy, gate, log, null, { acknowledgedWithinMs: 600_000 })

  proxy.swallowAnswers()
  const before = await scene.inputCount()
  const own = [1000, 1001].map((equity) => sender.send(toJsonBytes({ equity }), { equity: BigInt(equity) }, ''))
  await eventually(async () => (await stored()).equities.length === 1, { what: 'the first tick to be stored' })
  expect(sender.waiting).toBe(2)
  await proxy.cut()
  await proxy.restore()
  await eventually(() => sender.waiting === 0, { what: 'both ticks to be acknowledged', timeoutMs: 30_000 })

  expect(await stored()).toEqual({ equities: [1000, 1001], messageIds: 2 })
  expect(own.map(({ storedAs }) => storedAs)).toEqual([before + 1, before + 2])
  await lossy.close()
  await proxy.cut()
})

test('what does not fit while NATS is away is thinned out to its extremes, and counted', async () => {
  await server.stop()
  const equities = Array.from({ length: 2 * BUFFER_CAPACITY }, (_, index) => 1000 + (index % 10))
  equities[700] = 5000
  equities[1200] = 1
  const own = equities.map(report)
  expect(outbox.waiting).toBeLessThanOrEqual(BUFFER_CAPACITY)
  const fates = await Promise.all(own.map((tick) => tick.fate(0)))
  expect(fates.filter((fate) => fate.kind === 'undecided' && fate.why === 'dropped')).toHaveLength(outbox.thinned)
  expect(gate.undecided).toBe(outbox.waiting)
  expect(outbox.waiting + outbox.thinned).toBe(equities.length)

  await startServer()
  await allSent()

  const { equities: arrived, messageIds } = await stored()
  expect(arrived.length + outbox.thinned).toBe(equities.length)
  expect(messageIds).toBe(arrived.length)
  expect(arrived.at(0)).toBe(equities.at(0))
  expect(arrived.at(-1)).toBe(equities.at(-1))
  expect(arrived.indexOf(5000)).toBeLessThan(arrived.indexOf(1))
  expect(arrived).toContain(5000)
})

test('a gate whose ticks do not reach NATS closes long before the lease, and opens again with their decision', async () => {
  const leaseMs = 60_000
  const waitingGate = new Gate('bot1', leaseMs, 100)
  const sender = new Outbox(connection, waitingGate, log, null, WAITS)
  const follower = new GateFollower({
    connection,
    gates: new Map([['bot1', waitingGate]]),
    leaseMs,
    log,
    onFailed: (error) => {
      throw error
    },
  })
  const decisions = await judged()
  scene.beat()
  await follower.start()
  await eventually(() => waitingGate.canTrade().allowed, { what: 'the gate to open' })

  await server.stop()
  const own = sender.send(toJsonBytes({ equity: 1001 }), { equity: 1001_00000000n }, '')
  await eventually(() => waitingGate.canTrade().code === 'undecided', { what: 'the gate to close' })
  expect(await own.fate(0)).toEqual({ kind: 'undecided', why: 'unsent' })
  expect(waitingGate.canTrade('reduce').allowed).toBe(true)
  await startServer()
  await eventually(() => sender.waiting === 0, { what: 'the tick to be stored', timeoutMs: 30_000 })
  expect(waitingGate.canTrade().allowed).toBe(false)
  await storeAgain(decisions.tick(1001))

  await eventually(() => waitingGate.canTrade().allowed, { what: 'the gate to open again', timeoutMs: 30_000 })
  expect(await own.fate(0)).toMatchObject({ kind: 'decided', decision: { outcome: 'judged', version: 2 } })
  follower.stop()
  await sender.close()
})

test('a tick whose message id somebody else has used is not lost', async () => {
  const used: string[] = []
  const takeId = (messageId: string) => {
    const described = headers()
    described.set(headerNames.messageId, messageId)
    used.push(messageId)
    // On the same connection, so that it is there before the tick.
    connection.publish(subjects.tick('bot2'), toJsonBytes({ equity: 7 }), { headers: described })
  }
  const watched: Telemetry = {
    tickTaken: ({ messageId }) => {
      takeId(messageId)
      return { traceparent: '', acknowledged: () => undefined }
    },
    decided: () => undefined,
  }
  const sender = new Outbox(connection, gate, log, watched, WAITS)
  for (const equity of [1000, 1001, 1002]) sender.send(toJsonBytes({ equity }), { equity: BigInt(equity) }, '')
  await eventually(() => sender.waiting === 0, { what: 'all ticks to be sent', timeoutMs: 30_000 })

  expect(await stored()).toEqual({ equities: [1000, 1001, 1002], messageIds: 3 })
  const ids = (await scene.ticks('bot1')).map(({ messageId }) => messageId)
  expect(ids.every((id) => id.startsWith('bot1:') && !used.includes(id))).toBe(true)
  expect((await scene.ticks('bot2')).length).toBe(3)
  await sender.close()
})

test('closing gives what waits a moment, and leaves what does not get through', async () => {
  report(1000)
  report(1001)
  await outbox.close()
  expect((await stored()).equities).toEqual([1000, 1001])

  const late = new Outbox(connection, gate, log, null, { ...WAITS, ...NO_TIME })
  await server.stop()
  late.send(toJsonBytes({ equity: 1002 }), { equity: 1002n }, '')
  await late.close()
  await late.close()

  expect(late.waiting).toBe(1)
  await startServer()
})

test('the service takes equity while NATS is away, says that it is not judged, and sends all when NATS is back', async () => {
  const trader = await scene.start('trader', { lease_seconds: 2, traders: { bot1: {} } })
  const api = `${await trader.url()}/api/traders/bot1`
  const canTrade = async () => (await (await fetch(`${api}/can-trade`)).json()) as { allowed: boolean }
  const readiness = async () => (await fetch(`${await trader.url()}/readyz`)).status
  const decisions = await judged()
  scene.beat()
  await eventually(async () => (await canTrade()).allowed, { what: 'the gate to open' })

  await server.stop()
  for (const equity of [1001, 1002, 1003]) {
    const answer = await fetch(`${api}/equity`, { method: 'POST', body: JSON.stringify({ equity }) })
    expect(answer.status).toBe(202)
    expect(await answer.json()).toMatchObject({
      allowed: false,
      code: 'undecided',
      decision: null,
      message: expect.stringContaining('NATS has not stored it'),
    })
  }
  expect(await canTrade()).toMatchObject({ allowed: false })
  await eventually(async () => (await readiness()) === 503, { what: 'the service to say so' })
  await startServer()
  await eventually(async () => (await stored()).equities.length === 4, { what: 'all ticks', timeoutMs: 30_000 })
  await storeAgain(decisions.tick(1001), decisions.tick(1002), decisions.tick(1003))

  await eventually(async () => (await canTrade()).allowed, { what: 'the gate to open again', timeoutMs: 30_000 })
  await eventually(async () => (await readiness()) === 200, { what: 'the service to be ready' })
  expect((await stored()).equities).toEqual([1000, 1001, 1002, 1003])
  await trader.stop()
})
