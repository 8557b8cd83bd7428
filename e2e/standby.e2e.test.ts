import { describe, test } from 'vitest'
import { System } from './faults/system.ts'
import { holdUpActive, killActive, startOnBacklog } from './standby/two-guardians.ts'

/** Longer than the lease, the takeover delay and every timeout. */
const HELD_UP_MS = 6_000

describe('two guardians and 100 traders of 10 ticks a second', () => {
  test('lose and repeat nothing when the active one is killed, again and again', () => killActive(2, 500))

  test('take no event of the active one that was frozen for 6 s and then continues', () => holdUpActive(HELD_UP_MS))
})

describe('guardians that start at the same instant', () => {
  test.each([2, 3])('on an empty log, %i of them, write one event per input', async (guardians) => {
    await using system = await System.open()
    const load = system.startLoad()
    await system.startGuardians(guardians)
    await load
    await system.connectBots()
    system.trade()
    await system.decided(500)
    await system.expectSoundTrades()
  })

  test('on a backlog, leave it to one of them: less than 5 % of all publishes are refused', () => startOnBacklog(6_000))
})
