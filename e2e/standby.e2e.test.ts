import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { tick, wander } from '../services/risk-guardian/test/scene.ts'
import { System } from './faults/system.ts'

const HELD_UP_MS = 30_000

describe.concurrent('two guardians and 100 traders of 10 ticks a second', () => {
  test('lose and repeat nothing when the active one is killed, again and again', async () => {
    await using system = await System.open()
    await system.startGuardians(2)
    await system.connectBots()
    await system.startLoad()
    for (let kills = 0; kills < 4; kills++) {
      await system.decided(2_000)
      const active = await system.active()
      await active.kill()
      if (kills === 1) system.trade()
      await system.activeOtherThan(active)
      await system.startGuardians(1)
    }
    await system.decided(1_000)
    await system.expectSoundTrades()
  })

  test('take no event of the active one that was held up for 30 s and goes on where it was', async () => {
    await using system = await System.open()
    await system.startGuardians(2)
    await system.connectBots()
    await system.startLoad()
    await system.decided(2_000)
    const zombie = await system.active()
    const refusedBefore = await zombie.metric('guardian_publishes_refused_total')
    zombie.holdUp()
    const standby = await system.activeOtherThan(zombie)
    system.trade()
    await delay(HELD_UP_MS)
    zombie.goOn()
    await system.decided(1_000)
    await system.expectSoundTrades()
    expect(await zombie.metric('guardian_publishes_refused_total')).toBeGreaterThan(refusedBefore)
    expect(await standby.metric('guardian_publishes_refused_total')).toBeLessThan(1_000)
  })
})

describe.concurrent('guardians that start at the same instant', () => {
  test.each([2, 3])('on an empty log, %i of them, write one event an input', async (guardians) => {
    await using system = await System.open()
    const load = system.startLoad()
    await system.startGuardians(guardians)
    await load
    await system.connectBots()
    system.trade()
    await system.decided(2_000)
    await system.expectSoundTrades()
  })

  test('on a backlog, leave it to one of them: less than 5 % of all publishes are refused', async () => {
    await using system = await System.open()
    const equities = Array.from({ length: 100 }, (_, index) => wander(index))
    const backlog = Array.from({ length: 30_000 }, (_, index) =>
      tick(`bot${index % 100}`, equities[index % 100]?.() ?? 0),
    )
    await system.scene.put(...backlog)
    await system.startGuardians(2)
    await system.connectBots()
    system.trade()
    await system.expectSoundTrades()
    const refused = await system.sum('guardian_publishes_refused_total')
    const stored = await system.sum('guardian_events_total')
    expect(stored).toBeGreaterThanOrEqual(30_000)
    expect(refused / (stored + refused)).toBeLessThan(0.05)
  })
})
