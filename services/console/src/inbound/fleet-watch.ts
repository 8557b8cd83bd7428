import { setTimeout as delay } from 'node:timers/promises'
import type { Fleet, FleetMember } from '../core/fleet.ts'

const WITHIN_MS = 2_000
const LOOK_EVERY_MS = 20

/** Waits until something has come of every trader, but not for ever. */
export async function untilAll(
  fleet: Fleet,
  isDone: (member: FleetMember) => boolean,
  withinMs = WITHIN_MS,
): Promise<void> {
  const end = performance.now() + withinMs
  for (;;) {
    if ([...fleet.members()].every(isDone) || performance.now() >= end) return
    await delay(LOOK_EVERY_MS)
  }
}
