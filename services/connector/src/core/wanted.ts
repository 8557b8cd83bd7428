import { type Instant, parseInstant } from '@drawbridge/contracts'
import type { BlockRequest, GateCode, Verdict } from '../port.ts'

/** How the other side should stand. */
export type Wanted =
  | { readonly kind: 'open' }
  | {
      readonly kind: 'blocked'
      readonly code: GateCode
      readonly request: BlockRequest
      /** Whether positions should be closed, too. */
      readonly flatten: boolean
    }

/** Doubts of the gate itself, which end within a moment as a rule: they block only if they last. */
const PASSING: readonly GateCode[] = ['unknown', 'no-guardian', 'undecided']
export const PASSING_FOR_MS = 5_000

/** A gate that opens and closes again and again must not use up the calls that the other side allows. */
export const OPEN_FOR_MS = 5_000

/**
 * Follows what a gate says. A decision that blocks counts at once; a block ends when the gate has been open for
 * {@link OPEN_FOR_MS}; a doubt of the gate itself counts when it has lasted for {@link PASSING_FOR_MS}. Null: nothing is known
 * yet, so nothing is touched.
 */
export class WantedState {
  #wanted: Wanted | null = null
  #doubtSince: number | null = null
  #openSince: number | null = null
  /** The gate was open since the last decision that blocks, so that positions may have been opened. */
  #wasOpen = false

  get wanted(): Wanted | null {
    return this.#wanted
  }

  /**
   * @param now by a clock that only goes forward, milliseconds
   * @returns whether something else is wanted now, or the same once more after the gate was open
   */
  hear(verdict: Verdict, now: number): boolean {
    const isPassing = !verdict.allowed && PASSING.includes(verdict.code)
    this.#doubtSince = isPassing ? (this.#doubtSince ?? now) : null
    this.#openSince = verdict.allowed ? (this.#openSince ?? now) : null
    this.#wasOpen ||= verdict.allowed
    if (this.#doubtSince !== null && now - this.#doubtSince < PASSING_FOR_MS) return false
    const isOpening = this.#openSince !== null && this.#wanted?.kind === 'blocked'
    if (isOpening && now - (this.#openSince ?? now) < OPEN_FOR_MS) return false
    const next = wantedBy(verdict)
    const isOther = !isSame(this.#wanted, next) || (next.kind === 'blocked' && this.#wasOpen)
    this.#wanted = next
    if (next.kind === 'blocked') this.#wasOpen = false
    return isOther
  }
}

function wantedBy({ allowed, code, action, reason, until }: Verdict): Wanted {
  if (allowed) return { kind: 'open' }
  return {
    kind: 'blocked',
    code,
    request: { reason: reason ?? code, until: instantOf(until) },
    flatten: action === 'flatten',
  }
}

/** The reason may be told in other words with every reading; what has to be done is the same. */
function isSame(one: Wanted | null, other: Wanted): boolean {
  if (one === null || one.kind === 'open' || other.kind === 'open') return one?.kind === other.kind
  return one.flatten === other.flatten && one.request.until === other.request.until
}

function instantOf(text: string | null): Instant | null {
  const instant = text === null ? null : parseInstant(text)
  return instant?.ok === true ? instant.value : null
}
