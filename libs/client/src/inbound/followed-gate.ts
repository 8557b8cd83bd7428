import type { LogDamage, RiskEvent, TraderId } from '@drawbridge/contracts'
import type { Gate } from '../gate.ts'
import type { MissedDecisions } from './newest-decisions.ts'

/** What the last event that was applied changed. */
export type Applied =
  | { readonly kind: 'known' }
  /** `isChange`: entries are allowed now and were not before, or the other way round. `missed`: events lie between. */
  | { readonly kind: 'newer'; readonly isChange: boolean; readonly missed: boolean }
  /** The event is newer but lies before the last one, or belongs to another input: the log is another one, or damaged. */
  | { readonly kind: 'other-log' }

const NEVER = Number.NEGATIVE_INFINITY

/** A gate, the last event that it knows, and whoever hears of its decisions. */
export class FollowedGate {
  readonly gate: Gate
  readonly #listener: Pick<MissedDecisions, 'take' | 'forget'> | null
  /** Stream sequence of the last event that was applied. */
  #seq = 0
  #known: KnownDecision | null = null
  /** The round in which its newest event was read last, and when, of `performance.now()`. */
  #round = 0
  #readAt = NEVER
  #confirmed = false

  /** @param listener takes each event that is applied; null: nobody listens */
  constructor(gate: Gate, listener: Pick<MissedDecisions, 'take' | 'forget'> | null = null) {
    this.gate = gate
    this.#listener = listener
  }

  get trader(): TraderId {
    return this.gate.trader
  }

  /** The last event that was applied; null: none. */
  get known(): KnownDecision | null {
    return this.#known
  }

  get readAt(): number {
    return this.#readAt
  }

  /** Whether it was read again since the round: the first reading may be older than the server's subscription. */
  get isConfirmed(): boolean {
    return this.#confirmed
  }

  isReadIn(round: number): boolean {
    return this.#round === round
  }

  /** Takes over an event, if it is newer than what is known. */
  apply(event: RiskEvent, seq: number): Applied {
    const { version, isAllowedByEvent } = this.gate
    if (event.state.version > version && seq <= this.#seq) return { kind: 'other-log' }
    const isKnown = event.state.version === this.#known?.version
    if (isKnown && event.state.inputSeq !== this.#known?.inputSeq) return { kind: 'other-log' }
    this.gate.apply(event)
    if (this.gate.version === version) return { kind: 'known' }
    this.#seq = seq
    this.#known = { version: event.state.version, inputSeq: event.state.inputSeq }
    const isChange = this.gate.isAllowedByEvent !== isAllowedByEvent
    const missed = version > 0 && event.state.version > version + 1
    this.#listener?.take(event)
    return { kind: 'newer', isChange, missed }
  }

  /** Everything that the log held at that moment is known. */
  isRead(round: number, at: number): void {
    this.#confirmed = this.#round === round
    this.#round = round
    this.#readAt = at
    this.gate.caughtUp()
  }

  /** From now on it is another log. */
  forget(): void {
    this.#seq = 0
    this.#known = null
    this.#readAt = NEVER
    this.gate.forget()
    this.#listener?.forget()
  }
}

/** What identifies a decision on a trader: the same version of the same input is the same decision. */
export interface KnownDecision {
  readonly version: number
  readonly inputSeq: number
}

/**
 * Whether a log still says what it said before.
 * @param known the newest decision that was known when the log was asked; null: none
 * @param newest the newest decision on the trader by the log; null: it has none
 * @returns what is wrong; null: nothing
 */
export function versionDamage(
  trader: TraderId,
  known: KnownDecision | null,
  newest: KnownDecision | null,
): LogDamage | null {
  if (known === null) return null
  const version = newest?.version ?? 0
  const isOther = version === known.version && newest?.inputSeq !== known.inputSeq
  return version < known.version || isOther ? { kind: 'version', trader, version, known: known.version } : null
}
