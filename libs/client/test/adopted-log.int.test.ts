import { encodeHeartbeat, encodeSettled, type SettledEvent, streams, subjects } from '@drawbridge/contracts'
import { connectNats } from '@drawbridge/nats'
import { eventually } from '@drawbridge/testing'
import { log, Scene } from '@drawbridge/testing/client-scene'
import type { NatsConnection } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Gate } from '../src/gate.ts'
import { GateFollower } from '../src/inbound/gate-follower.ts'
import { Decisions } from './decisions.ts'

/** As in production, so that no gate closes by it here. */
const LEASE_MS = 10_000

let scene: Scene
let connection: NatsConnection
let gate: Gate
let follower: GateFollower
let failure: Error | null
let beats: NodeJS.Timeout | undefined
/** The first ten decisions on bot1; the last one allows. */
let decisions: Decisions
let known: string

beforeEach(async () => {
  scene = await Scene.open()
  connection = await connectNats(scene.natsUrl, 'test trader', log)
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
  decisions = new Decisions('bot1')
  known = await createdAt()
  beat(known)
  await scene.store(...Array.from({ length: 10 }, () => decisions.tick(1000)))
  await follower.start()
  await opened()
})
afterEach(async () => {
  clearInterval(beats)
  follower.stop()
  await connection.close()
  await scene.close()
})

const createdAt = async () => (await scene.manager.streams.info(streams.risk)).created

/** A guardian is heard that goes by the log that was created then; undefined: one that does not say. */
function beat(created: string | undefined): void {
  clearInterval(beats)
  const heartbeat = { instance: 'test', settled: 0, lag: 0 }
  const bytes = encodeHeartbeat(created === undefined ? heartbeat : { ...heartbeat, log: created })
  beats = setInterval(() => scene.connection.publish(subjects.heartbeat, bytes), 50)
}

function bind(more: Partial<SettledEvent>): Promise<void> {
  return scene.publish(subjects.outConfig('settled'), encodeSettled({ settled: 0, inputsCreated: '', ...more }))
}

const opened = () => eventually(() => gate.canTrade().allowed, { what: 'the gate to open' })
const closed = (reason: string) =>
  eventually(() => gate.canTrade().reason?.includes(reason), {
    what: `the gate to be closed by "${reason}"`,
    timeoutMs: 20_000,
  })

/** A look at the stream is over by then. */
async function lookedAgain(): Promise<void> {
  for (let beat = 0; beat < 3; beat += 1) await scene.manager.streams.info(streams.risk)
}

test('a gate opens by an adopted log without a restart, once a guardian that goes by it is heard', async () => {
  await scene.recreateStreams()
  const adopted = await createdAt()
  await bind({ adopting: true, continues: [known] })
  await closed('was recreated')
  await scene.store(decisions.tick(1000))
  await bind({ continues: [known] })

  await closed('no risk guardian has been heard')
  expect(gate.version).toBe(11)
  beat(undefined)
  await lookedAgain()
  expect(gate.canTrade().allowed).toBe(false)

  beat(adopted)

  await opened()
  await scene.store(decisions.pause('lunch'))
  await closed('operator: lunch')
  expect(failure).toBeNull()
})

test('an adopted log says what holds, also where it has fewer events than were known', async () => {
  await scene.recreateStreams()
  const fewer = new Decisions('bot1')
  await scene.store(fewer.tick(1000), fewer.pause('lunch'))
  await bind({ continues: ['2020-01-01T00:00:00Z', known] })
  beat(await createdAt())

  await closed('operator: lunch')
  expect(gate.version).toBe(2)
})

test('a log that is being adopted, or continues another one, opens no gate', async () => {
  await scene.recreateStreams()
  await scene.store(decisions.tick(1000))
  beat(await createdAt())
  await closed('was recreated')
  await bind({ continues: ['2020-01-01T00:00:00Z'] })
  await lookedAgain()
  expect(gate.canTrade().reason).toContain('was recreated')
  await bind({ adopting: true, continues: [known] })
  await lookedAgain()
  expect(gate.canTrade().reason).toContain('was recreated')
  expect(gate.canTrade('reduce').allowed).toBe(true)
})
