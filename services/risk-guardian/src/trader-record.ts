import { decodeRiskEvent, type RiskEvent, type TraderId, type TraderState } from '@drawbridge/contracts'
import { INITIAL_STATE } from '@drawbridge/risk-engine'
import { RiskLogDamagedError, unreadableEvent } from './log-errors.ts'

/** What this guardian knows of one trader from the risk log. */
export class TraderRecord {
  readonly trader: TraderId
  readonly #firstInputSeq: number | null
  #state: TraderState = INITIAL_STATE
  /** The last event, as the log holds it. */
  #unread: Uint8Array | null = null
  #lastSeq = 0

  /** @param firstInputSeq null: the event that is kept unread says it */
  constructor(trader: TraderId, firstInputSeq: number | null) {
    this.trader = trader
    this.#firstInputSeq = firstInputSeq
  }

  /** @throws if the event that is kept cannot be read */
  get state(): TraderState {
    if (this.#unread !== null) this.#read(this.#unread)
    return this.#state
  }

  /** Stream sequence of the input that makes, or made, the trader's first event. */
  get firstInputSeq(): number {
    return this.#firstInputSeq ?? this.state.firstInputSeq
  }

  /** Stream sequence of the last known event; 0: none. */
  get lastSeq(): number {
    return this.#lastSeq
  }

  /** Keeps the newest event of the log, to be read when it is needed. */
  keep(bytes: Uint8Array, seq: number): void {
    this.#unread = bytes
    this.#lastSeq = seq
  }

  #read(bytes: Uint8Array): void {
    const event = decodeRiskEvent(bytes)
    const unreadable = (reason: string) => unreadableEvent(this.#lastSeq, `, of trader ${this.trader},`, reason)
    if (!event.ok) throw unreadable(event.reason)
    const { trader, state } = event.value
    if (trader !== this.trader) throw unreadable(`it is of trader ${trader}`)
    this.#unread = null
    this.#state = state
  }

  /** Takes over a stored event, if it is newer than what is known. */
  apply(event: RiskEvent, seq: number): void {
    if (event.state.version > this.state.version) this.#state = event.state
    if (seq > this.#lastSeq) this.#lastSeq = seq
  }

  /**
   * Checks that an event follows the last one, if the log is read event by event.
   * @param isLastKnown false: an own event is under way, and may be the one before
   * @throws {RiskLogDamagedError}
   */
  checkFollows(event: RiskEvent, seq: number, isLastKnown: boolean): void {
    if (seq <= this.#lastSeq) return
    const [{ version }, known] = [event.state, this.state.version]
    if (version > known + 1 ? !isLastKnown : version > known) return
    throw new RiskLogDamagedError({ kind: 'version', trader: this.trader, version, known })
  }
}
