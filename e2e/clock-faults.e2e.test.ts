import { streams } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { command } from '@drawbridge/testing/guardian-scene'
import { describe, expect, test } from 'vitest'
import { shared } from './faults/shared.ts'
import { System } from './faults/system.ts'

describe("a bot's clock", () => {
  const guarded = shared(async () => {
    const system = await System.open()
    await system.startGuardians(1)
    return system
  })

  test.each([
    ['a day ahead', 'ahead', () => new Date(Date.now() + 86_400_000), /is more than 60 s ahead/],
    ['a day behind', 'behind', () => new Date(Date.now() - 86_400_000), null],
    ['in 2099', 'far', () => new Date('2099-01-01T00:00:00Z'), /is more than 60 s ahead/],
  ])(
    '%s is of no account in server time; in event time its ticks are rejected, and entries wait where they cannot be just late',
    async (_case, name, wrong, blockedBy) => {
      const system = await guarded()
      const ids = [`by-server-${name}`, `by-event-${name}`] as const
      await system.scene.put(command('limits', ids[1], { time_base: 'event' }))
      const right = { at: new Date().toISOString() }
      const [byServer, byEvent] = await Promise.all(ids.map((id) => system.connectBot(id, system.url, right)))
      for (const bot of [byServer, byEvent]) bot?.report(960, { at: wrong().toISOString() })
      for (const bot of [byServer, byEvent]) bot?.report(700, { at: wrong().toISOString() })
      await byServer?.untilBlocked(/max_daily_loss: 30 %/)
      await system.expectSound()
      if (blockedBy === null) expect(byEvent?.mayEnter).toBe(true)
      else await byEvent?.untilBlocked(blockedBy)
      const types = async (id: string) => (await system.scene.eventsOf(id)).map(({ type }) => type)
      expect(await types(ids[0])).toEqual(['assessed', 'warning', 'breach'])
      expect(await types(ids[1])).toEqual(['limits-changed', 'assessed', 'tick-rejected', 'tick-rejected'])
      const [breach] = (await system.scene.eventsOf(ids[0])).slice(-1)
      expect(breach?.effectiveAt).toBe(breach?.recordedAt)
    },
  )
})

describe('after everything was down', () => {
  test('a pause that ended meanwhile is lifted at the start, and not before', async () => {
    await using system = await System.open()
    const [persister] = await Promise.all([system.startPersister(), system.startGuardians(2)])
    await system.connectBots()
    const until = Date.now() + 4_000
    await system.scene.put(command('pause', 'calm', { reason: 'lunch', until: new Date(until).toISOString() }))
    await system.calm.untilBlocked(/operator: lunch/)
    await Promise.all(system.running.map((guardian) => guardian.kill()))
    await persister.process.stop()
    const decidedBefore = await system.scene.lastSeq(streams.inputs)
    await system.server.kill()
    await eventually(() => Date.now() > until + 100, { what: 'the end of the pause' })
    expect(system.calm.blockedBy).toMatch(/operator: lunch/)
    await system.server.start()
    persister.restart()
    await system.startGuardians(2)
    await system.calm.untilOpen()
    system.trade()
    await system.expectSoundTrades()
    const events = await system.scene.eventsOf('calm')
    expect(events.map(({ type }) => type)).toEqual(['assessed', 'paused', 'resumed', 'assessed'])
    expect(events[2]?.inputSeq).toBeGreaterThan(decidedBefore)
    expect(events[2]?.facts).toMatchObject([{ kind: 'resumed', cause: 'time', holders: ['operator'] }])
  })
})
