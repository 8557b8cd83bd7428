import { streams, subjects } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { command, limits, Scene, tick } from '@drawbridge/testing/guardian-scene'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

let scene: Scene
beforeEach(async () => {
  scene = await Scene.open()
})
afterEach(async () => {
  vi.restoreAllMocks()
  await scene.close()
})

/** The time of the server, so many milliseconds ahead. */
async function inMs(milliseconds: number): Promise<string> {
  const { ts = '' } = await scene.manager.streams.info(streams.inputs)
  return new Date(Date.parse(ts) + milliseconds).toISOString()
}

async function pauseFor(trader: string, milliseconds: number): Promise<void> {
  await scene.put(command('pause', trader, { reason: 'a moment', until: await inMs(milliseconds) }))
}

function resumed(trader: string): Promise<Record<string, unknown>> {
  return eventually(async () => (await scene.eventsOf(trader)).find(({ type }) => type === 'resumed'), {
    timeoutMs: 15_000,
    what: `the pause of ${trader} to end`,
  })
}

async function wakesOf(trader: string): Promise<number> {
  const inputs = await scene.read(streams.inputs)
  return inputs.filter(({ subject }) => subject === subjects.control('wake', trader)).length
}

describe('a wake-up', () => {
  it('ends a pause without any tick', async () => {
    const running = await scene.start()
    await scene.put(tick('bot1', 1000))
    await pauseFor('bot1', 700)
    const event = await resumed('bot1')
    expect(event.facts).toMatchObject([{ kind: 'resumed', cause: 'time', holders: ['operator'] }])
    await scene.settled(running)
    await scene.expectSameAsOffline()
  })

  it('that comes early does nothing, and another comes in time', async () => {
    const running = await scene.start()
    await scene.put(tick('bot1', 1000))
    await pauseFor('bot1', 1_200)
    await scene.put(command('wake', 'bot1'))
    await scene.settled(running)
    expect((await scene.eventsOf('bot1')).map(({ type }) => type)).toEqual(['assessed', 'paused'])
    await resumed('bot1')
    await scene.settled(running)
    await scene.expectSameAsOffline()
  })

  it.each([
    ['', {}],
    [', of a trader that nobody has needed yet', { readAtOnce: 0 }],
  ])('comes after a restart, also for a pause that ended meanwhile%s', async (_which, settings) => {
    const first = await scene.start()
    await scene.put(tick('bot1', 1000), tick('bot2', 1000))
    await pauseFor('bot1', 300)
    await pauseFor('bot2', 1_500)
    await scene.settled(first)
    await first.stop()
    await scene.start(settings)
    await resumed('bot1')
    await resumed('bot2')
    await scene.expectSameAsOffline()
  })

  it('comes for a pause that waited in the input log while no guardian ran', async () => {
    await scene.put(tick('bot1', 1000))
    await pauseFor('bot1', 400)
    const until = Date.parse(await inMs(400))
    await eventually(async () => Date.parse(await inMs(0)) > until, { what: 'the time of the pause to pass' })
    await scene.start()
    await resumed('bot1')
    await scene.expectSameAsOffline()
  })

  it.each([3_600_000, -3_600_000])('goes by the clock of the server where ours is wrong by %d ms', async (wrongMs) => {
    const now = Date.now.bind(Date)
    vi.spyOn(Date, 'now').mockImplementation(() => now() + wrongMs)
    await scene.start()
    await scene.put(tick('bot1', 1000))
    await pauseFor('bot1', 1_000)
    await resumed('bot1')
    expect(await wakesOf('bot1')).toBeLessThan(5)
    await scene.expectSameAsOffline()
  })

  it('is not sent over and over for a trader that was set to event time during its pause', async () => {
    const running = await scene.start()
    await scene.put(tick('bot1', 1000), tick('bot2', 1000))
    await pauseFor('bot1', 300)
    await pauseFor('bot2', 2_000)
    await scene.put(command('limits', 'bot1', { time_base: 'event' }))
    await resumed('bot2')
    expect(await wakesOf('bot1')).toBeLessThan(3)
    await scene.settled(running)
    await scene.expectSameAsOffline()
  })
})

function eventOfType(trader: string, type: string, count = 1): Promise<Record<string, unknown>> {
  return eventually(
    async () => (await scene.eventsOf(trader)).filter((event) => event.type === type)[count - 1] ?? null,
    { timeoutMs: 15_000, what: `${trader} to have ${count} events ${type}` },
  )
}

describe('limits of all traders that are tightened', () => {
  it('pause each trader whose last reading breaks them without another reading, and wake no other', async () => {
    const running = await scene.start()
    const byEvent = { at: new Date().toISOString() }
    await scene.put(limits({ traders: { replayed: { time_base: 'event' } } }))
    await scene.put(...['bot1', 'bot2'].map((trader) => tick(trader, 1000)), tick('replayed', 1000, byEvent))
    await scene.put(tick('bot1', 960), tick('replayed', 960, byEvent))
    await scene.put(limits({ max_drawdown: 4 }))
    for (const trader of ['bot1', 'replayed']) {
      expect(await eventOfType(trader, 'breach')).toMatchObject({ facts: [{ rule: 'max_drawdown' }] })
    }
    expect(await wakesOf('bot2')).toBe(0)
    await scene.settled(running)
    await scene.expectSameAsOffline()
  })
})

describe('a market that is closed', () => {
  const DAY_MS = 86_400_000
  /** Open at every hour, but on days around that of the server. */
  const always = { zone: 'UTC', hours: ['mon-sun 00:00-24:00'] }
  const closedToday = async () => {
    const today = Date.parse(await inMs(0))
    const holidays = [-1, 0, 1].map((days) => new Date(today + days * DAY_MS).toISOString().slice(0, 10))
    return { ...always, holidays }
  }

  it('has no silent bot, while another one is found stale', async () => {
    const running = await scene.start()
    const stale = { stale_after_seconds: 1 }
    await scene.put(limits({ ...stale, traders: { bot1: { sessions: await closedToday() } } }))
    await scene.put(tick('bot1', 1000), tick('bot2', 1000))
    await eventOfType('bot2', 'feed-stale')
    await scene.put(command('limits', 'bot1', { sessions: always }))
    await eventOfType('bot1', 'feed-stale')
    const types = (await scene.eventsOf('bot1')).map(({ type }) => type)
    expect(types.indexOf('feed-stale')).toBeGreaterThan(0)
    expect(await wakesOf('bot1')).toBeLessThan(3)
    await scene.settled(running)
    await scene.expectSameAsOffline()
  })

  it('blocks entries where that is asked for, and opens by a wake-up', async () => {
    const running = await scene.start()
    const closed = { ...(await closedToday()), block_entries: true }
    await scene.put(limits({ sessions: closed }), tick('bot1', 1000))
    const shut = await eventOfType('bot1', 'session-closed')
    const last = closed.holidays.at(-1) ?? ''
    const opensAt = new Date(Date.parse(last) + DAY_MS).toISOString()
    expect(shut).toMatchObject({
      decision: { status: 'blocked', code: 'closed', until: opensAt },
      state: { opensAt, equity: '1000' },
    })
    await scene.put(limits({ sessions: { ...always, block_entries: true } }))
    const opened = await eventOfType('bot1', 'session-opened')
    expect(opened).toMatchObject({ decision: { status: 'allowed' }, tickSeq: null })
    await scene.settled(running)
    await scene.expectSameAsOffline()
  })

  it('is found closed by a wake-up, where settings say so of a trader that says nothing', async () => {
    const running = await scene.start()
    const byEvent = { at: new Date().toISOString() }
    await scene.put(limits({ traders: { replayed: { time_base: 'event' } } }))
    await scene.put(tick('bot1', 1000), tick('replayed', 1000, byEvent))
    await scene.settled(running)
    await scene.put(limits({ sessions: { ...(await closedToday()), block_entries: true } }))
    for (const trader of ['bot1', 'replayed']) await eventOfType(trader, 'session-closed')
    await scene.settled(running)
    await scene.expectSameAsOffline()
  })
})

describe('a trader that falls silent', () => {
  it('is found stale without any input, and restored by its next tick', async () => {
    const running = await scene.start()
    await scene.put(limits({ stale_after_seconds: 1 }), tick('bot1', 1000))
    const stale = await eventOfType('bot1', 'feed-stale')
    const [heard] = await scene.eventsOf('bot1')
    expect(stale.facts).toEqual([{ kind: 'feed-stale', since: heard?.recordedAt }])
    await scene.put(tick('bot1', 1001))
    const restored = await eventOfType('bot1', 'feed-restored')
    expect(restored).toMatchObject({ decision: { status: 'allowed', code: 'ok' }, state: { equity: '1001' } })
    expect(restored).not.toHaveProperty('state.staleSince')
    await eventOfType('bot1', 'feed-stale', 2)
    await scene.settled(running)
    await scene.expectSameAsOffline()
  })

  it('is not woken while it speaks: each tick puts the wake-up off', async () => {
    const running = await scene.start()
    await scene.put(limits({ stale_after_seconds: 1 }))
    const end = Date.parse(await inMs(1_500))
    await eventually(
      async () => {
        await scene.put(tick('bot1', 1000))
        return Date.parse(await inMs(0)) > end
      },
      { what: 'the time of a silence to pass' },
    )
    // Where this machine stood still for a second, the trader was silent.
    const times = (await scene.read(streams.inputs)).filter(({ subject }) => subject === subjects.tick('bot1'))
    const silences = times.filter(({ time }, index) => time - (times[index - 1]?.time ?? time) >= 1_000).length
    expect(await wakesOf('bot1')).toBeLessThanOrEqual(silences)
    await eventOfType('bot1', 'feed-stale')
    await scene.settled(running)
    await scene.expectSameAsOffline()
  })

  it.each([
    ['the limits of all', limits({ stale_after_seconds: 1 })],
    ['its own limits', command('limits', 'bot1', { stale_after_seconds: 1 })],
  ])('is found stale where silence is judged only since a change of %s', async (_which, change) => {
    const running = await scene.start()
    await scene.put(tick('bot1', 1000))
    await scene.settled(running)
    await scene.put(change)
    await eventOfType('bot1', 'feed-stale')
    await scene.settled(running)
    await scene.expectSameAsOffline()
  })

  it('is found stale after a restart, of a trader that nobody has needed yet', async () => {
    const first = await scene.start()
    await scene.put(limits({ stale_after_seconds: 1 }), tick('bot1', 1000))
    await scene.settled(first)
    await first.stop()
    await scene.start({ readAtOnce: 0 })
    await eventOfType('bot1', 'feed-stale')
    await scene.expectSameAsOffline()
  })
})
