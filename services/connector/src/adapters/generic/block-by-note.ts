import { type Instant, parseInstant } from '@drawbridge/contracts'
import { type Failure, isFailure } from '../../core/failure.ts'
import type { Account, BlockRequest } from '../../port.ts'
import type { StopNote } from '../stopping/stop-note.ts'

/** What the other side says of a block or of its end. */
export interface Switched {
  readonly kind: 'switched'
  /** Whether anything had to be done for it; an other side that does not say counts as changed. */
  readonly changed: boolean
  readonly until: Instant | null
}

/** An other side that blocks when it is told to, and does not tell who blocks. */
export interface EntrySwitch {
  block(request: BlockRequest, signal: AbortSignal): Promise<Switched | Failure>
  unblock(signal: AbortSignal): Promise<Switched | Failure>
}

export function switchedBy({ changed, until }: { readonly changed?: unknown; readonly until?: unknown }): Switched {
  const ends = parseInstant(until)
  return { kind: 'switched', changed: changed !== false, until: ends.ok ? ends.value : null }
}

/** A block is under way, or its answer was lost: nobody knows whether it was ours. */
const ASKED = 'asked'
const BLOCKED = 'blocked'

/** Blocks, and allows entries again only where a note says that the block is ours and not a person's. */
export function blockByNote(it: EntrySwitch, note: StopNote): { block: Block; unblock: Unblock } {
  /** What the note should say, where it could not be written; null: it says so. */
  let unwritten: readonly string[] | null = null
  const recall = async () => (unwritten === null ? note.read() : { kind: 'noted' as const, parts: unwritten })
  const remember = async (parts: readonly string[]) => {
    const fault = await note.write(parts)
    unwritten = fault === null ? null : parts
    return fault
  }
  const block: Block = async (request, signal) => {
    const before = await recall()
    // In doubt entries are blocked, and nothing is allowed again by us.
    const parts = isFailure(before) ? [ASKED] : before.parts
    const isOurs = parts.includes(BLOCKED) && unwritten === null
    // Before the block: a crash between the two must not leave it without a note.
    if (!isOurs && !isFailure(before)) await remember(parts.length === 0 ? [ASKED] : parts)
    const told = await it.block(request, signal)
    if (isFailure(told)) {
      // A clear no: whoever blocks now is not us.
      const isClear = told.kind === 'refused' || told.kind === 'rate-limited'
      if (isClear && parts.length === 0) await remember([])
      return told
    }
    if (isFailure(before)) return unnoted(before)
    const fault = isOurs ? null : await remember(ownerAfter(parts, told.changed))
    return fault === null ? { kind: 'blocked', until: told.until, changed: told.changed } : unnoted(fault)
  }
  const unblock: Unblock = async (signal) => {
    const noted = await recall()
    if (isFailure(noted)) return unknown(noted)
    if (noted.parts.length === 0) {
      const fault = unwritten === null ? null : await remember([])
      return fault === null ? { kind: 'unblocked', changed: false } : { kind: 'unusable', reason: fault.reason }
    }
    if (!noted.parts.includes(BLOCKED)) {
      // A block that changes something shows that nobody blocked.
      const looked = await block(LOOK, signal)
      if (isFailure(looked)) return looked
      if (!looked.changed) return NOBODY_KNOWS
    }
    const told = await it.unblock(signal)
    if (isFailure(told)) return told
    const fault = await remember([])
    return fault === null
      ? { kind: 'unblocked', changed: told.changed }
      : { kind: 'unusable', reason: `entries are allowed there again, but ${fault.reason}` }
  }
  return { block, unblock }
}

type Block = NonNullable<Account['block']>
type Unblock = NonNullable<Account['unblock']>

/** @param before what the note said before the block */
function ownerAfter(before: readonly string[], changed: boolean): readonly string[] {
  if (changed || before.includes(BLOCKED)) return [BLOCKED]
  // What was blocked without a note was blocked by a person.
  return before
}

function unknown({ reason }: Failure): Failure {
  return { kind: 'unusable', reason: `whether entries are blocked there by us is not known: ${reason}` }
}

/** Told again and again, until it can be noted. */
function unnoted({ reason }: Failure): Failure {
  return { kind: 'unusable', reason: `entries are blocked there, but whether by us cannot be remembered: ${reason}` }
}

const LOOK: BlockRequest = { reason: 'looks whether entries are blocked already', until: null }

const NOBODY_KNOWS: Failure = {
  kind: 'unusable',
  reason:
    'entries are blocked there, and whether by us or by a person is not known, as an answer was lost: allow them there by hand, which is noticed within a minute',
}
