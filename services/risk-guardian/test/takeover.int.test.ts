import { decodeRiskEvent, encodeRiskEvent, streams, subjects, type Tick, tickFromMessage } from '@drawbridge/contracts'
import { eventHeaders, HeaderBlock, lastMessage } from '@drawbridge/nats'
import { BUILT_IN_CONFIGURATION, decide } from '@drawbridge/risk-engine'
import { eventually, randomOfTest } from '@drawbridge/testing'
import {
  command,
  flags,
  limits,
  type Publish,
  type RunningGuardian,
  Scene,
  tick,
  wander,
} from '@drawbridge/testing/guardian-scene'
import { jetstream } from '@nats-io/jetstream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

/** They leave nothing to each other. */
const RACING = { takeoverMs: 0 }
const random = randomOfTest('takeover')

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

/** Ticks of many traders with what operators do in between. */
function traffic(count: number, seed: number): Publish[] {
  const wanderers = Array.from({ length: 40 }, (_, index) => wander(seed + index))
  return Array.from({ length: count }, (_, index) => {
    const trader = `bot${index % 40}`
    if (index % 501 === 500) return flags({ enable_risk_enforcement: index % 1002 === 500 })
    if (index % 301 === 300) return limits({ max_drawdown: 5 + (index % 20) })
    if (index % 97 === 96) return command('resume', trader)
    if (index % 89 === 88) return command('pause', trader, { reason: 'x' })
    if (index % 83 === 82) return command('wake', trader)
    return tick(trader, wanderers[index % 40]?.() ?? 0)
  })
}

describe('a guardian that is killed', () => {
  it('decides nothing twice and loses nothing, at whatever moments', { timeout: 240_000 }, async () => {
    for (let life = 0; life < 12; life++) {
      const before = await scene.lastSeq(streams.risk)
      const load = scene.put(...traffic(1_200, life * 1_000))
      const running = scene.spawn()
      // Somewhere between the first of its events and the last.
      const until = before + Math.floor(random.next() ** 2 * 1_000)
      await eventually(async () => (await scene.lastSeq(streams.risk)) > until, {
        timeoutMs: 20_000,
        what: 'the guardian to work',
      })
      running.kill('SIGKILL')
      expect(await running.exited).toMatchObject({ signal: 'SIGKILL' })
      await load
    }
    const last = await scene.start()
    await scene.settled(last, 60_000)
    await scene.expectSameAsOffline()
    expect(await last.metric('guardian_divergence_total')).toBe(0)
  })

  it('is followed by one that reads what it needs of the log when it needs it', { timeout: 240_000 }, async () => {
    for (let life = 0; life < 5; life++) {
      await scene.put(...traffic(1_200, life * 1_000))
      const running = await scene.start({ readAtOnce: life })
      await scene.settled(running)
      await running.stop()
    }
    await scene.expectSameAsOffline()
  })

  it('may be stopped in order as well', async () => {
    for (let life = 0; life < 10; life++) {
      const running = await scene.start()
      const load = scene.put(...traffic(400, life * 1_000))
      const target = running.guardian.settled + Math.floor(random.next() * 300)
      await eventually(() => running.guardian.settled >= target, { what: 'some to be settled' })
      await running.stop()
      expect(running.failures).toEqual([])
      await load
    }
    await scene.settled(await scene.start())
    await scene.expectSameAsOffline()
  })
})

describe('several guardians at the same time', () => {
  const counts = (all: readonly RunningGuardian[], metric: string) =>
    Promise.all(all.map((running) => running.metric(metric)))
  const sum = (numbers: readonly number[]) => numbers.reduce((total, count) => total + count, 0)

  it('write one event per input, and none diverges', { timeout: 240_000 }, async () => {
    const all = [await scene.start(RACING), await scene.start(RACING), await scene.start(RACING)]
    for (let batch = 0; batch < 5; batch++) await scene.put(...traffic(1_000, batch * 1_000))
    for (const running of all) await scene.settled(running, 120_000)
    await scene.expectSameAsOffline()
    expect(await counts(all, 'guardian_divergence_total')).toEqual([0, 0, 0])
    expect(sum(await counts(all, 'guardian_publishes_refused_total'))).toBeGreaterThan(0)
  })

  it('leave a backlog to one of them, and start on an empty log at once', { timeout: 240_000 }, async () => {
    await scene.put(...traffic(6_000, 1))
    // Where all share a starved event loop, none hears the others for 250 ms; so the others wait longer than that.
    const takeovers = [250, 10_000, 10_000]
    const all = await Promise.all(takeovers.map((takeoverMs) => scene.start({ takeoverMs })))
    for (const running of all) await scene.settled(running, 120_000)
    const { events } = await scene.expectSameAsOffline()
    expect(await counts(all, 'guardian_divergence_total')).toEqual([0, 0, 0])
    expect(sum(await counts(all, 'guardian_publishes_refused_total'))).toBeLessThan(events.length / 20)
  })

  it('hold to what the stream takes at once, however many traders have waited', { timeout: 240_000 }, async () => {
    const traders = Array.from({ length: 3_000 }, (_, index) => `bot${index}`)
    await scene.put(...traders.map((trader) => tick(trader, 1000)), ...traders.map((trader) => tick(trader, 940)))
    const all = await Promise.all([scene.start(RACING), scene.start(RACING)])
    for (const running of all) await scene.settled(running, 120_000)
    const { events } = await scene.expectSameAsOffline()
    expect(events.filter(({ subject }) => subject.startsWith('risk.breach.'))).toHaveLength(3_000)
  })

  it('agree on configuration that changes faster than the log can be followed', async () => {
    const all = [await scene.start(RACING), await scene.start(RACING), await scene.start(RACING)]
    const changes = Array.from({ length: 300 }, (_, index) => [
      limits({ max_drawdown: 5 + (index % 20) }),
      flags({ enable_risk_enforcement: index % 2 === 0 }),
      tick('bot1', 1000 - (index % 30)),
    ])
    await scene.put(...changes.flat())
    for (const running of all) await scene.settled(running)
    await scene.expectSameAsOffline()
    for (const running of all) expect(await running.metric('guardian_divergence_total')).toBe(0)
  })
})

describe('an event of another guardian', () => {
  /** Puts the event of the next input into the log, as `guardian` would; `equity` is what it takes the tick for. */
  async function putForeign(guardian: string, equity: string): Promise<void> {
    const last = await lastMessage(scene.manager, streams.risk, subjects.traderLog('bot1'))
    const event = decodeRiskEvent(last?.data ?? new Uint8Array())
    if (!event.ok || last === null) throw new Error('there is no event')
    const { state, type } = event.value
    const time = event.value.recordedAt
    const tickInput = { kind: 'tick', seq: state.inputSeq + 1, time, tick: tickOf(equity) } as const
    const decision = decide('bot1', state, BUILT_IN_CONFIGURATION, tickInput)
    if (decision.kind !== 'event') throw new Error('a tick makes an event')
    const lastSeq = last.seq
    const described = new HeaderBlock(eventHeaders(subjects.traderLog('bot1'), lastSeq, 0, guardian, ''))
    const bytes = encodeRiskEvent(decision.event)
    await jetstream(scene.connection).publish(subjects.out(type, 'bot1'), bytes, { headers: described })
  }

  it('is adopted, whatever this one would have decided', async () => {
    const running = await scene.start()
    await scene.put(tick('bot1', 1000))
    await scene.settled(running)
    await putForeign('another', '999')
    await eventually(async () => (await scene.eventsOf('bot1')).length === 2, { what: 'the event to be stored' })
    await scene.put(tick('bot1', 998), tick('bot1', 997))
    await scene.settled(running)
    const events = await scene.eventsOf('bot1')
    expect(events.map(({ version, inputSeq }) => [version, inputSeq])).toEqual([
      [1, 3],
      [2, 4],
      [3, 5],
    ])
    expect(events.map(({ state }) => (state as { equity: string }).equity)).toEqual(['1000', '999', '997'])
  })

  it('that this one has not heard of makes its publish fail; it counts what it would have decided otherwise', async () => {
    const running = await scene.start()
    await scene.put(tick('bot1', 1000))
    await scene.settled(running)
    // What bears its own name it does not listen to.
    await putForeign(running.name, '999')
    await scene.put(tick('bot1', 998), tick('bot1', 997))
    await scene.settled(running)
    const events = await scene.eventsOf('bot1')
    expect(events.map(({ state }) => (state as { equity: string }).equity)).toEqual(['1000', '999', '997'])
    expect(await running.metric('guardian_divergence_total')).toBe(1)
    expect(await running.metric('guardian_publishes_refused_total')).toBe(1)
  })
})

function tickOf(equity: string): Tick {
  const read = tickFromMessage({ equity })
  if (!read.ok) throw new Error(read.reason)
  return read.value
}
