import { setTimeout as delay } from 'node:timers/promises'
import { type Failure, isFailure } from '../../core/failure.ts'
import type { Account } from '../../port.ts'
import type { StopNote } from './stop-note.ts'

/** What can be stopped on the other side, by name, and whether each runs. */
export interface Parts {
  readonly kind: 'parts'
  readonly running: readonly string[]
  readonly stopped: readonly string[]
}
export type Asked = { readonly kind: 'asked' } | Failure

/** Something on the other side that a block stops as a whole, because that side knows nothing finer. */
export interface Stoppable {
  look(signal: AbortSignal): Promise<Parts | Failure>
  stop(parts: readonly string[], signal: AbortSignal): Promise<Asked>
  start(parts: readonly string[], signal: AbortSignal): Promise<Asked>
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
  const settled = (isSettled: (parts: Parts) => boolean, signal: AbortSignal) => untilSo(it, isSettled, everyMs, signal)
  return {
    async block(_request, signal) {
      const parts = await it.look(signal)
      if (isFailure(parts)) return parts
      if (parts.running.length === 0) return { kind: 'blocked', until: null, changed: false }
      const before = await note.read()
      if (isFailure(before)) return before
      // Before the stop: a crash between the two must not leave it stopped for good.
      const noted = await note.write([...new Set([...before.parts, ...parts.running])])
      if (noted !== null) return noted
      const asked = await it.stop(parts.running, signal)
      if (isFailure(asked)) {
        // A clear no: whoever stops it now is not us. Where no answer came, it may have been us.
        if (asked.kind !== 'temporary') await note.write(before.parts)
        return asked
      }
      const fault = await settled(({ running }) => running.length === 0, signal)
      return fault ?? { kind: 'blocked', until: null, changed: true }
    },
    async unblock(signal) {
      const noted = await note.read()
      if (isFailure(noted)) return noted
      if (noted.parts.length === 0) return { kind: 'unblocked', changed: false }
      const parts = await it.look(signal)
      if (isFailure(parts)) return parts
      // What is not there any more needs no start.
      const ours = parts.stopped.filter((part) => noted.parts.includes(part))
      if (ours.length > 0) {
        const asked = await it.start(ours, signal)
        if (isFailure(asked)) return asked
        const fault = await settled(({ stopped }) => !stopped.some((part) => ours.includes(part)), signal)
        if (fault !== null) return fault
      }
      return (await note.write([])) ?? { kind: 'unblocked', changed: ours.length > 0 }
    },
  }
}

/** Null: it stands so now. */
async function untilSo(
  it: Stoppable,
  isSettled: (parts: Parts) => boolean,
  everyMs: number,
  signal: AbortSignal,
): Promise<Failure | null> {
  for (let look = 1; ; look += 1) {
    const parts = await it.look(signal)
    if (isFailure(parts)) return parts
    if (isSettled(parts)) return null
    if (look === LOOKS) {
      const reason = `it agreed to it, and nothing has changed after ${(LOOKS * everyMs) / 1_000} s`
      return { kind: 'temporary', reason }
    }
    await delay(everyMs, undefined, { signal })
  }
}
