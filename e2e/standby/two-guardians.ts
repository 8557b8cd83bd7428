import { setTimeout as delay } from 'node:timers/promises'
import { tick, wander } from '@drawbridge/testing/guardian-scene'
import { expect } from 'vitest'
import { System } from '../faults/system.ts'

const BACKLOG_TRADERS = 100

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

/** Starts two guardians with a backlog of undecided inputs: hardly any of their publishes may be refused. */
export async function startOnBacklog(inputs: number): Promise<void> {
  await using system = await System.open()
  const equities = Array.from({ length: BACKLOG_TRADERS }, (_, index) => wander(index))
  const backlog = Array.from({ length: inputs }, (_, index) =>
    tick(`bot${index % BACKLOG_TRADERS}`, equities[index % BACKLOG_TRADERS]?.() ?? 0),
  )
  await system.scene.put(...backlog)
  await system.startGuardians(2)
  await system.connectBots()
  system.trade()
  await system.expectSoundTrades()
  const refused = await system.sum('guardian_publishes_refused_total')
  const stored = await system.sum('guardian_events_total')
  expect(stored).toBeGreaterThanOrEqual(inputs)
  expect(refused / (stored + refused)).toBeLessThan(0.05)
}
