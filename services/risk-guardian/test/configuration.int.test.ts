import { streams, subjects } from '@drawbridge/contracts'
import { command, flags, json, limits, type Publish, Scene, tick, wander } from '@drawbridge/testing/guardian-scene'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(() => scene.close())

describe('a pause of all traders', () => {
  it('reaches every trader, and those that report later, the same after restarts between any two inputs', async () => {
    const next = wander(11)
    for (let restart = 0; restart < 6; restart++) {
      const running = await scene.start()
      await scene.put(
        tick('bot1', next()),
        flags({ pause_all: restart % 3 === 2 ? null : {}, reason: `round ${restart}` }),
        tick(`late${restart}`, next()),
        flags({ enable_risk_enforcement: restart % 2 === 0 }),
        tick('bot1', next()),
      )
      // Stopped wherever it is.
      if (restart % 2 === 0) await running.stop()
      else await scene.settled(running)
      expect(running.failures).toEqual([])
      await running.stop()
    }
    await scene.settled(await scene.start())
    await scene.expectSameAsOffline()
    const first = async (trader: string) => (await scene.eventsOf(trader))[0]
    expect(await first('late0')).toMatchObject({ type: 'paused', decision: { reason: 'operator: round 0' } })
    expect(await first('late2')).toMatchObject({ type: 'assessed' })
    expect((await scene.eventsOf('late1')).filter(({ type }) => type === 'resumed')).toHaveLength(2)
  })
})

describe('a change of limits', () => {
  it('judges each input by what stood before it in the input log', async () => {
    const running = await scene.start()
    const drawdowns = [50, 40, 30, 20, 10]
    const inputs: Publish[] = [tick('bot1', 1000)]
    for (const max_drawdown of drawdowns) {
      inputs.push(tick('bot1', 990), limits({ max_drawdown, max_daily_loss: null }), tick('bot1', 895))
    }
    await scene.put(...inputs)
    await scene.settled(running)
    await scene.expectSameAsOffline()
    const types = (await scene.eventsOf('bot1')).map(({ type }) => type)
    expect(types.indexOf('breach')).toBe(types.length - 1)
  })

  it('is the same after restarts between any two inputs', async () => {
    const next = wander(7)
    for (let restart = 0; restart < 8; restart++) {
      const running = await scene.start()
      const last = await scene.put(
        tick('bot1', next()),
        limits({ max_drawdown: 5 + restart, traders: { bot2: { max_daily_loss: 1 + restart } } }),
        tick('bot1', next()),
        tick('bot2', next()),
        flags({ enable_risk_enforcement: restart % 3 !== 0 }),
        tick('bot2', next()),
      )
      // Stopped wherever it is.
      if (restart % 2 === 0) await running.stop()
      else await scene.settled(running)
      expect(running.failures).toEqual([])
      expect(last).toBeGreaterThan(0)
      await running.stop()
    }
    await scene.settled(await scene.start())
    await scene.expectSameAsOffline()
  })

  it('is refused into REJECTS where all limits together would not fit into one event', async () => {
    const running = await scene.start()
    const many = (prefix: string) =>
      limits({
        max_traders: 1_000_000,
        traders: Object.fromEntries(
          Array.from({ length: 9_000 }, (_, index) => [`${prefix}${'x'.repeat(30)}${index}`, { max_drawdown: 5 }]),
        ),
      })
    await scene.put(many('a'), many('b'), limits({ max_drawdown: 7 }), tick('bot1', 1000))
    await scene.settled(running)
    expect(running.failures).toEqual([])
    const configured = (await scene.read(streams.risk)).filter(({ subject }) => subject === subjects.config('limits'))
    expect(configured.map(({ payload }) => json(payload).inputSeq)).toEqual([2, 3, 5])
    const [reject] = await scene.rejects()
    expect(reject?.header('Drawbridge-Reject-Reason')).toMatch(/all limits would take \d+ bytes/)
    expect(await scene.eventsOf('bot1')).toMatchObject([{ configVersion: 5 }])
  })
})

describe('switching enforcement off', () => {
  const traders = Array.from({ length: 200 }, (_, index) => `bot${index}`)

  it('lifts the pause of every trader that limits hold with one event each, and of no other', async () => {
    const running = await scene.start()
    await scene.put(...traders.map((trader) => tick(trader, 1000)))
    await scene.put(...traders.map((trader, index) => tick(trader, index % 2 === 0 ? 700 : 1000)))
    await scene.put(command('pause', 'bot1', { reason: 'holiday' }))
    const off = await scene.put(flags({ enable_risk_enforcement: false, by: 'ann' }))
    await scene.put(...traders.map((trader) => tick(trader, 500)))
    await scene.put(flags({ enable_risk_enforcement: true }))
    await scene.put(...traders.map((trader) => tick(trader, 500)))
    await scene.settled(running)
    const { events } = await scene.expectSameAsOffline()
    const lifted = events.filter(({ subject, inputSeq }) => inputSeq === off && !subject.startsWith('risk.config.'))
    expect(lifted).toHaveLength(100)
    expect(lifted.every(({ subject }) => subject.startsWith('risk.resumed.'))).toBe(true)
    expect(await scene.eventsOf('bot1')).toMatchObject([{}, {}, { type: 'paused' }, {}, { type: 'breach' }, {}])
  })

  it('is settled only once all these events are stored, so that a restart in the middle lifts the rest', async () => {
    const first = await scene.start()
    await scene.put(...traders.map((trader) => tick(trader, 1000)))
    await scene.put(...traders.map((trader) => tick(trader, 700)))
    await scene.settled(first)
    // Room for the change and some of what it causes.
    const held = await scene.lastSeq(streams.risk)
    await scene.manager.streams.update(streams.risk, { max_msgs: held + 51 })
    const off = await scene.put(flags({ enable_risk_enforcement: false }), tick('bot1', 690)).then((last) => last - 1)
    await expect.poll(() => scene.lastSeq(streams.risk), { timeout: 10_000 }).toBe(held + 51)
    expect(first.guardian.settled).toBe(off - 1)
    await first.stop()
    await scene.manager.streams.update(streams.risk, { max_msgs: -1 })
    const second = await scene.start()
    expect(second.guardian.settled).toBeLessThan(off)
    await scene.settled(second)
    const { events } = await scene.expectSameAsOffline()
    expect(events.filter(({ inputSeq }) => inputSeq === off)).toHaveLength(201)
  })
})
