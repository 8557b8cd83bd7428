import { setTimeout as delay } from 'node:timers/promises'
import { type Failure, isFailure } from '../../core/failure.ts'
import type { Account } from '../../port.ts'
import type { StopNote } from './stop-note.ts'

/** Something on the other side that a block stops as a whole, because that side knows nothing finer. */
export interface Stoppable {
  look(signal: AbortSignal): Promise<{ readonly kind: 'running' | 'stopped' } | Failure>
  stop(signal: AbortSignal): Promise<{ readonly kind: 'asked' } | Failure>
  start(signal: AbortSignal): Promise<{ readonly kind: 'asked' } | Failure>
}

/** It may take a moment until what was asked for is true. */
const LOOKS = 10
const LOOK_EVERY_MS = 2_000

/** Blocks by stopping, and starts again only what was stopped by us and not by a person. */
export function blockByStop(
  it: Stoppable,
  note: StopNote,
  everyMs = LOOK_EVERY_MS,
): Pick<Account, 'block' | 'unblock'> {
  return {
    async block(_request, signal) {
      const stands = await it.look(signal)
      if (isFailure(stands)) return stands
      if (stands.kind === 'stopped') return { kind: 'blocked', until: null, changed: false }
      // Before the stop: a crash between the two must not leave it stopped for good.
      const noted = await note.write()
      if (isFailure(noted)) return noted
      const asked = await it.stop(signal)
      if (isFailure(asked)) {
        // A clear no: whoever stops it now is not us. Where no answer came, it may have been us.
        if (asked.kind !== 'temporary') await note.remove()
        return asked
      }
      return (await settled(it, 'stopped', everyMs, signal)) ?? { kind: 'blocked', until: null, changed: true }
    },
    async unblock(signal) {
      const noted = await note.read()
      if (isFailure(noted)) return noted
      if (noted.kind === 'nothing') return { kind: 'unblocked', changed: false }
      const stands = await it.look(signal)
      if (isFailure(stands)) return stands
      const isStopped = stands.kind === 'stopped'
      if (isStopped) {
        const asked = await it.start(signal)
        if (isFailure(asked)) return asked
        const fault = await settled(it, 'running', everyMs, signal)
        if (fault !== null) return fault
      }
      const removed = await note.remove()
      return isFailure(removed) ? removed : { kind: 'unblocked', changed: isStopped }
    },
  }
}

/** Null: it stands so now. */
async function settled(
  it: Stoppable,
  as: 'running' | 'stopped',
  everyMs: number,
  signal: AbortSignal,
): Promise<Failure | null> {
  for (let look = 1; ; look += 1) {
    const stands = await it.look(signal)
    if (isFailure(stands)) return stands
    if (stands.kind === as) return null
    if (look === LOOKS) {
      const reason = `it agreed, but is still not ${as} after ${(LOOKS * everyMs) / 1_000} s`
      return { kind: 'temporary', reason }
    }
    await delay(everyMs, undefined, { signal })
  }
}
