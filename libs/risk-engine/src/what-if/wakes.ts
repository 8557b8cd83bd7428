import type { Instant, TraderId, TraderState } from '@drawbridge/contracts/pure'
import type { Configuration } from '../configuration.ts'
import { nextWakeAt } from '../next-wake.ts'
import { INITIAL_STATE } from '../state.ts'

/** Remembers when the next wake-up of a trader is due, so that it is not worked out at every reading. */
export class Wakes {
  readonly #trader: TraderId
  /** For what the next one was worked out. */
  #state: TraderState = INITIAL_STATE
  #configuration: Configuration | null = null
  /** Before this none is due, as long as nothing else happens: a later tick only moves silence away. */
  #notBefore: Instant = Number.NEGATIVE_INFINITY

  constructor(trader: TraderId) {
    this.#trader = trader
  }

  /** When the next wake-up is due, if that is not after `until`; null: none is. @param now the time of the last input */
  dueBy(until: Instant, state: TraderState, configuration: Configuration, now: Instant): Instant | null {
    if (state.version === 0) return null
    if (until < this.#notBefore && configuration === this.#configuration && isSame(state, this.#state)) return null
    const due = nextWakeAt(this.#trader, state, configuration, now)
    // Whether a reset matters depends on the equity that is known by then.
    this.#notBefore = Math.min(due ?? Number.POSITIVE_INFINITY, state.nextResetAt ?? Number.POSITIVE_INFINITY)
    this.#state = state
    this.#configuration = configuration
    return due !== null && due <= until ? Math.max(due, now) : null
  }
}

function isSame(a: TraderState, b: TraderState): boolean {
  if (a.pause !== b.pause || a.doubt.pending !== b.doubt.pending || a.pendingLimits !== b.pendingLimits) return false
  if (a.nextResetAt !== b.nextResetAt || a.opensAt !== b.opensAt || a.staleSince !== b.staleSince) return false
  return a.limitsKey === b.limitsKey
}
