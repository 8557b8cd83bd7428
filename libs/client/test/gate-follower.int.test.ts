import { encodeRiskEvent, type RiskEvent, streams, subjects } from '@drawbridge/contracts'
import { answerNewest, connectNats, deferred } from '@drawbridge/nats'
import { eventually, TcpProxy } from '@drawbridge/testing'
import { log, Scene } from '@drawbridge/testing/client-scene'
import type { Republish } from '@nats-io/jetstream'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Gate } from '../src/gate.ts'
import { GateFollower } from '../src/inbound/gate-follower.ts'
import { Decisions } from './decisions.ts'

const LEASE_MS = 300

let scene: Scene
let proxy: TcpProxy
let connection: NatsConnection
let gate: Gate
/** The gate of another trader in the same process. */
let other: Gate
let follower: GateFollower
let heard: RiskEvent[]
let failure: Error | null

beforeEach(async () => {
  scene = await Scene.open()
  proxy = await TcpProxy.to(scene.natsUrl)
  connection = await connectNats(proxy.url, 'test trader', log)
  failure = null
  heard = []
  gate = new Gate('bot1', LEASE_MS)
  other = new Gate('other', LEASE_MS)
  follower = new GateFollower({
    connection,
    gates: new Map([
      ['bot1', gate],
      ['other', other],
    ]),
    leaseMs: LEASE_MS,
    lookEveryMs: 200,
    log,
    onDecision: (event) => heard.push(event),
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
  await scene.store(assessed, paused, resumed, allowedAgain, breach)
  scene.beat()
  const reasons = everyVerdict()

  await follower.start()
  await eventually(() => vi.mocked(gate.heartbeat).mock.calls.length > 2, { what: 'heartbeats' })

  expect(gate.version).toBe(5)
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

test('a risk log that was made again while the trader was cut off is refused with an error', async () => {
  scene.beat()
  await scene.store(new Decisions('bot1').tick(1000))
  await follower.start()
  await opened()
  await proxy.cut()
  await scene.recreateStreams()
  await scene.store(new Decisions('bot1').tick(1000))

  await proxy.restore()

  await closed(`stream ${streams.risk} was recreated`)
  expect(gate.canTrade('reduce').allowed).toBe(true)
})

test('a risk log that is made again while the connection holds is refused with an error', async () => {
  scene.beat()
  await scene.store(new Decisions('bot1').tick(1000))
  await follower.start()
  await opened()

  await scene.recreateStreams()

  await eventually(() => gate.canTrade().reason?.includes(`stream ${streams.risk} was recreated`), {
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

test('a log that brings an older decision than was known closes the gate, until it brings the newest', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await scene.store(decisions.tick(1000), decisions.tick(1001))
  await follower.start()
  await opened()
  const { created, state } = await scene.manager.streams.info(streams.risk)
  const older = await scene.manager.streams.getMessage(streams.risk, { seq: state.last_seq - 1 })
  scene.answers(false)
  const misled = scene.connection.subscribe(subjects.newest('bot1'), {
    callback: (_error, request) => answerNewest(request, { created, continues: [] }, older),
  })

  await closed('the log of trader bot1 brings version 1, and version 2 was known before')
  expect(follower.current).toBe(false)
  misled.unsubscribe()
  scene.answers(true)

  await opened()
  expect(gate.version).toBe(2)
})

test('a gate closes, and says why, where the risk log is damaged and no guardian answers', async () => {
  const { config } = await scene.manager.streams.info(streams.risk)
  await scene.manager.streams.delete(streams.risk)
  await scene.manager.streams.add({ ...config, deny_delete: false })
  const decisions = new Decisions('bot1')
  await scene.store(decisions.tick(1000), decisions.tick(1001))
  await scene.manager.streams.deleteMessage(streams.risk, 1)
  scene.answers(false)

  const started = follower.start()

  await closed('the risk log is damaged: 1 messages of RISK')
  follower.stop()
  await expect(started).rejects.toThrow('stopped')
})

test('a gate is closed for good once nothing follows for it any more', async () => {
  scene.beat()
  await scene.store(new Decisions('bot1').tick(1000))
  await follower.start()
  await opened()

  follower.stop()
  follower.stop()

  expect(gate.canTrade()).toMatchObject({
    allowed: false,
    code: 'unknown',
    reason: 'this trader has stopped',
    until: null,
  })
})

test('a gate that is removed while its newest decision is asked for stays closed', async () => {
  await scene.store(new Decisions('bot1').tick(1000))
  scene.answers(false)
  const { created, state } = await scene.manager.streams.info(streams.risk)
  const stored = await scene.manager.streams.getMessage(streams.risk, { seq: state.last_seq })
  const asked = deferred<Msg>()
  scene.connection.subscribe(subjects.newest('bot1'), { callback: (_error, request) => asked.resolve(request) })
  const started = follower.start()
  const request = await asked.promise

  follower.remove(gate)
  scene.answers(true)
  answerNewest(request, { created, continues: [] }, stored)
  await started

  expect(gate.canTrade().reason).toBe('this trader is not followed any more')
})

/** From now on what RISK stores is not sent to those who listen. @returns lets it be sent again */
async function republishNothing(): Promise<() => Promise<unknown>> {
  const { manager } = scene
  const { republish } = (await manager.streams.info(streams.risk)).config
  // What is not named stays as it is.
  await manager.streams.update(streams.risk, { republish: undefined as never })
  expect((await manager.streams.info(streams.risk)).config.republish).toBeUndefined()
  return () => manager.streams.update(streams.risk, { republish: republish as Republish })
}

test('a gate makes no consumer, at the start and after a reconnect', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await scene.store(decisions.tick(1000))
  await follower.start()
  await opened()
  await proxy.cut()
  await eventually(() => follower.away, { what: 'the loss to be noticed' })
  await proxy.restore()
  await eventually(() => follower.current, { what: 'the newest decisions to be known' })

  expect((await scene.manager.streams.info(streams.risk)).state.consumer_count).toBe(0)
})

test('a gate stays closed while no guardian answers, and lets exposure be reduced', async () => {
  scene.answers(false)
  await scene.store(new Decisions('bot1').tick(1000))
  scene.beat()
  const started = follower.start()
  for (let look = 0; look < 3; look += 1) await scene.manager.streams.info(streams.risk)
  expect(follower.current).toBe(false)
  expect(gate.canTrade().reason).toBe('the risk state of this trader is not known yet')
  expect(gate.canTrade('reduce').allowed).toBe(true)

  scene.answers(true)

  await started
  await opened()
})

test('a decision that is not heard is found by asking again', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await scene.store(decisions.tick(1000))
  await follower.start()
  await opened()
  await republishNothing()

  await scene.store(decisions.pause('unheard'))

  await closed('operator: unheard')
})

test('a gate closes where decisions are neither heard nor told, although guardians are heard', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await scene.store(decisions.tick(1000))
  await follower.start()
  await opened()
  await republishNothing()
  scene.answers(false)

  await closed('no risk guardian has told the newest decision')
})

test('a gate that heard nothing for a while does not open by a decision on another trader, but by its own newest one', async () => {
  const [decisions, others] = [new Decisions('bot1'), new Decisions('other')]
  scene.beat()
  await scene.store(decisions.tick(1000), others.tick(1000))
  await follower.start()
  await opened()
  const republishAgain = await republishNothing()
  scene.answers(false)
  await closed('no risk guardian has told the newest decision')
  await scene.store(decisions.pause('unheard'))
  await republishAgain()
  const reasons = everyVerdict()

  await scene.store(others.tick(1001))
  await eventually(() => other.version === 2, { what: 'the decision on the other trader' })
  await eventually(() => reasons.length > 20, { what: 'heartbeats' })

  expect(reasons).not.toContain(null)
  scene.answers(true)
  await closed('operator: unheard')
})

test('a gate does not go by what RISK has not stored', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await scene.store(decisions.tick(1000), decisions.pause('lunch'))
  await follower.start()
  await closed('operator: lunch')

  const resumed = decisions.resume()
  scene.connection.publish(subjects.event('resumed', 'bot1'), encodeRiskEvent(resumed))
  scene.connection.publish(subjects.event('breach', 'bot1'), 'not JSON')
  await scene.store(decisions.pause('dinner'))

  await closed('operator: dinner')
  await eventually(() => heard.length === 2, { what: 'the decision behind what is not stored' })
  expect(heard.map(({ type }) => type)).toEqual(['paused', 'paused'])
  expect(failure).toBeNull()
})

test('of decisions that were missed the newest of each type is heard, in their order', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await scene.store(decisions.tick(1000))
  await follower.start()
  await opened()
  await proxy.cut()
  await eventually(() => follower.away, { what: 'the loss to be noticed' })
  await scene.store(decisions.tick(1001), decisions.pause('lunch'), decisions.resume())
  await scene.store(decisions.tick(1002), decisions.tick(100), decisions.tick(99))

  await proxy.restore()

  await eventually(() => heard.length >= 5, { what: 'what was missed' })
  expect(heard.map(({ type, state }) => `${state.version} ${type}`)).toEqual([
    '1 assessed',
    '3 paused',
    '4 resumed',
    '6 breach',
    '7 assessed',
  ])
})

test('where versions leave one out the newest decision is read, and the gate obeys what was heard meanwhile', async () => {
  const decisions = new Decisions('bot1')
  scene.beat()
  await scene.store(decisions.tick(1000))
  await follower.start()
  await opened()
  decisions.tick(1001)

  await scene.store(decisions.pause('lunch'))

  await closed('operator: lunch')
  await eventually(() => heard.length === 2, { what: 'the decision behind the one that is missing' })
  expect(gate.version).toBe(3)
})
