import { tick, wander } from '@drawbridge/testing/guardian-scene'
import { expect } from 'vitest'
import { System } from '../faults/system.ts'

const TRADERS = 100

/** Starts two guardians with a backlog of undecided inputs: hardly any of their publishes may be refused. */
export async function startOnBacklog(inputs: number): Promise<void> {
  await using system = await System.open()
  const equities = Array.from({ length: TRADERS }, (_, index) => wander(index))
  const backlog = Array.from({ length: inputs }, (_, index) =>
    tick(`bot${index % TRADERS}`, equities[index % TRADERS]?.() ?? 0),
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
