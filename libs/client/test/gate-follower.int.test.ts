import { streams, subjects } from '@drawbridge/contracts'
import { connectNats } from '@drawbridge/service-kit'
import { eventually, TcpProxy } from '@drawbridge/test-kit'
import type { NatsConnection } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Gate } from '../src/gate.ts'
import { GateFollower } from '../src/inbound/gate-follower.ts'
import { Decisions } from './decisions.ts'
import { log, Scene } from './scene.ts'

const LEASE_MS = 300

let scene: Scene
let proxy: TcpProxy
let connection: NatsConnection
let gate: Gate
let follower: GateFollower
let failure: Error | null

beforeEach(async () => {
  scene = await Scene.open()
  proxy = await TcpProxy.to(scene.natsUrl)
  connection = await connectNats(proxy.url, 'test trader', log)
  failure = null
  gate = new Gate('bot1', LEASE_MS)
  follower = new GateFollower({
    connection,
    gates: new Map([['bot1', gate]]),
    leaseMs: LEASE_MS,
    lookEveryMs: 200,
    log,
    onFailed: (error) => {
      failure = error
    },
  })
})
afterEach(async () => {
  follower.stop()
  await connection.close()
  await proxy.cut()
  await scene.close()
})

const opened = (what = 'the gate to open') => eventually(() => gate.canTrade().allowed, { what })
const closed = (reason: string) =>
  eventually(() => gate.canTrade().reason?.includes(reason), { what: `the gate to be closed by "${reason}"` })

/** Looks at the gate each time that anything reaches it. */
function everyVerdict(): (string | null)[] {
  const reasons: (string | null)[] = []
  for (const method of ['apply', 'caughtUp', 'heartbeat', 'lost'] as const) {
    const original = gate[method].bind(gate) as (argument?: unknown) => void
    vi.spyOn(gate, method).mockImplementation((argument?: unknown) => {
      original(argument)
      reasons.push(gate.canTrade().reason)
    })
  }
  return reasons
}

test('a gate opens and closes by the decisions that are stored', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await follower.start()
  expect(gate.canTrade().allowed).toBe(false)

  await scene.store(decisions.tick(1000))
  await opened()
  await scene.store(decisions.pause('lunch'))
  await closed('operator: lunch')
  await scene.store(decisions.resume())
  await opened()
})

test('decisions on other traders do not concern a gate', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await follower.start()

  await scene.store(new Decisions('bot2').tick(1000), new Decisions('bot').tick(1000), decisions.tick(1000))
  await opened()
  await scene.store(new Decisions('bot2').pause('lunch'), decisions.tick(1001))

  await eventually(() => gate.version === 2, { what: 'the second decision' })
  expect(gate.canTrade().allowed).toBe(true)
})

test('a gate is never open while it reads a log that ends in a breach', async () => {
  const decisions = new Decisions('bot1')
  const assessed = decisions.tick(1000)
  const paused = decisions.pause('lunch')
  const resumed = decisions.resume()
  const allowedAgain = decisions.tick(1001)
  const breach = decisions.tick(100)
  expect(breach.type).toBe('breach')
  // Last per subject, the log gives: paused, resumed, assessed, breach.
  await scene.store(assessed, paused, resumed, allowedAgain, breach)
  scene.beat()
  const reasons = everyVerdict()

  await follower.start()
  await eventually(() => vi.mocked(gate.heartbeat).mock.calls.length > 2, { what: 'heartbeats' })

  expect(vi.mocked(gate.apply).mock.calls.length).toBeGreaterThan(1)
  expect(reasons).not.toContain(null)
  expect(gate.canTrade().reason).toContain('max_daily_loss')
})

test('a gate closes when no guardian is heard for the lease, and opens when one is heard again', async () => {
  scene.beat()
  await scene.store(new Decisions('bot1').tick(1000))
  await follower.start()
  await opened()

  scene.silence()
  await closed('no risk guardian has been heard for 0.3 s')
  scene.beat()

  await opened()
})

test('a gate that was cut off closes after the lease', async () => {
  scene.beat()
  await scene.store(new Decisions('bot1').tick(1000))
  await follower.start()
  await opened()

  await proxy.cut()

  await closed('no risk guardian has been heard')
  await eventually(() => follower.away, { what: 'the follower to notice' })
  expect(follower.current).toBe(false)
})

test('a decision that was missed while cut off is known before the gate can open again', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await scene.store(decisions.tick(1000))
  await follower.start()
  await opened()
  await proxy.cut()
  await closed('no risk guardian has been heard')
  await scene.store(decisions.pause('missed'))
  // As a restart of the server does: the consumer notices late.
  await scene.forgetConsumers()
  scene.beat(1)
  const reasons = everyVerdict()

  await proxy.restore()

  await closed('operator: missed')
  await eventually(() => vi.mocked(gate.heartbeat).mock.calls.length > 0, { what: 'heartbeats' })
  expect(reasons).not.toContain(null)
})

test('a decision that was missed during a silence is known before the gate can open again', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await scene.store(decisions.tick(1000))
  await follower.start()
  await opened()
  scene.silence()
  await closed('no risk guardian has been heard')
  const reasons = everyVerdict()
  await scene.forgetConsumers()
  await scene.store(decisions.pause('missed'))

  scene.beat(1)

  await closed('operator: missed')
  expect(reasons).not.toContain(null)
})

test('decisions go on coming after every loss of the connection', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await scene.store(decisions.tick(1000))
  await follower.start()
  for (let round = 0; round < 3; round += 1) {
    await opened()
    await proxy.cut()
    await eventually(() => follower.away, { what: 'the loss to be noticed' })
    await proxy.restore()
    await eventually(() => follower.current, { what: 'the newest decisions to be known' })
    await scene.store(decisions.pause(`round ${round}`))
    await closed(`operator: round ${round}`)
    await scene.store(decisions.resume())
  }
  await opened()
})

test('a decision that cannot be read closes the gate for good, and says which', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await scene.store(decisions.tick(1000))
  await follower.start()
  await opened()

  await scene.publish(subjects.out('breach', 'bot1'), '{"schema": 2}')

  await closed('of the risk log cannot be read')
  expect(failure).not.toBeNull()
  await scene.store(decisions.tick(1001))
  expect(gate.canTrade().allowed).toBe(false)
})

test('a log that cannot be read at the start is an error', async () => {
  await scene.publish(subjects.out('breach', 'bot1'), 'not JSON')

  await expect(follower.start()).rejects.toThrow()
  expect(gate.canTrade().reason).toContain('of the risk log cannot be read')
})

test('a risk log that was made again while the trader was cut off is refused aloud', async () => {
  scene.beat()
  await scene.store(new Decisions('bot1').tick(1000))
  await follower.start()
  await opened()
  await proxy.cut()
  await scene.recreateStreams()
  await scene.store(new Decisions('bot1').tick(1000))

  await proxy.restore()

  await closed(`stream ${streams.risk} was created anew`)
  expect(gate.canTrade('reduce').allowed).toBe(true)
})

test('a risk log that is made again while the connection holds is refused aloud', async () => {
  scene.beat()
  await scene.store(new Decisions('bot1').tick(1000))
  await follower.start()
  await opened()

  await scene.recreateStreams()

  await eventually(() => gate.canTrade().reason?.includes(`stream ${streams.risk} was created anew`), {
    what: 'the refusal',
    timeoutMs: 20_000,
  })
  expect(failure).toBeNull()
})

test('a risk log that lacks a message closes the gate with a reason that says so', async () => {
  const { config } = await scene.manager.streams.info(streams.risk)
  await scene.manager.streams.delete(streams.risk)
  await scene.manager.streams.add({ ...config, deny_delete: false })
  const decisions = new Decisions('bot1')
  scene.beat()
  await scene.store(decisions.tick(1000), decisions.tick(1001))
  await follower.start()
  await opened()

  await scene.manager.streams.deleteMessage(streams.risk, 1)

  await closed('the risk log is damaged: 1 messages of RISK')
  expect(gate.canTrade('reduce').allowed).toBe(true)
  expect(failure).toBeNull()
})

test('a gate is closed for good once nothing follows for it any more', async () => {
  scene.beat()
  await scene.store(new Decisions('bot1').tick(1000))
  await follower.start()
  await opened()

  follower.stop()
  follower.stop()

  expect(gate.canTrade()).toEqual({ allowed: false, reason: 'this trader has stopped', until: null })
})
