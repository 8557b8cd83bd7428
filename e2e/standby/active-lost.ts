import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'vitest'
import { System } from '../faults/system.ts'

/** Two guardians, two bots that may trade, and a load of 100 traders. */
async function twoUnderLoad(): Promise<System> {
  const system = await System.open()
  await system.startGuardians(2)
  await system.connectBots()
  await system.startLoad()
  return system
}

/** Kills the active guardian several times, each time with another one on standby. */
export async function killActive(kills: number, decidedBetween: number): Promise<void> {
  await using system = await twoUnderLoad()
  for (let killed = 0; killed < kills; killed++) {
    await system.decided(decidedBetween)
    const active = await system.active()
    await active.kill()
    if (killed === 1) system.trade()
    await system.activeOtherThan(active)
    await system.startGuardians(1)
  }
  await system.decided(decidedBetween)
  await system.expectSoundTrades()
}

/** Freezes the active guardian and resumes it: its stale state must have no effect. */
export async function holdUpActive(heldUpMs: number): Promise<void> {
  await using system = await twoUnderLoad()
  await system.decided(500)
  const zombie = await system.active()
  const refusedBefore = await zombie.metric('guardian_publishes_refused_total')
  zombie.holdUp()
  const standby = await system.activeOtherThan(zombie)
  system.trade()
  await delay(heldUpMs)
  zombie.goOn()
  await system.decided(500)
  await system.expectSoundTrades()
  expect(await zombie.metric('guardian_publishes_refused_total')).toBeGreaterThan(refusedBefore)
  expect(await standby.metric('guardian_publishes_refused_total')).toBeLessThan(1_000)
}
