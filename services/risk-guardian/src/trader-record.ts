import { decodeRiskEvent, type RiskEvent, type TraderId, type TraderState } from '@drawbridge/contracts'
import { INITIAL_STATE } from '@drawbridge/risk-engine'
import { RiskLogDamagedError } from './risk-log-damage.ts'
import { unreadableEvent } from './unreadable-event.ts'

/** What the risk log says of one trader, as far as it is known here. */
export class TraderRecord {
  readonly trader: TraderId
  /** Null: the event that is kept unread says it. */
  readonly #firstInputSeq: number | null
  #state: TraderState = INITIAL_STATE
  /** The last event, as the log holds it. */
  #unread: Uint8Array | null = null
  #lastSeq = 0

  constructor(trader: TraderId, firstInputSeq: number | null) {
    this.trader = trader
    this.#firstInputSeq = firstInputSeq
  }

  /** @throws where the event that is kept cannot be read */
  get state(): TraderState {
    if (this.#unread !== null) this.#read(this.#unread)
    return this.#state
  }

  /** Stream sequence of the input that makes, or made, the trader's first event. */
  get firstInputSeq(): number {
    return this.#firstInputSeq ?? this.state.firstInputSeq
  }

  /** Stream sequence of the last event that is known; 0: none is. */
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
    if (!event.ok) throw this.#unreadable(event.reason)
    const { trader, state } = event.value
    if (trader !== this.trader) throw this.#unreadable(`it is of trader ${trader}`)
    this.#unread = null
    this.#state = state
  }

  #unreadable(reason: string): Error {
    return unreadableEvent(this.#lastSeq, `, of trader ${this.trader},`, reason)
  }

  /** Takes over a stored event, if it is newer than what is known. */
  apply(event: RiskEvent, seq: number): void {
    if (event.state.version > this.state.version) this.#state = event.state
    if (seq > this.#lastSeq) this.#lastSeq = seq
  }

  /**
   * An event must follow the last one: the log is read event by event.
   * @param isLastKnown false: an own event is under way, and may be the one before
   * @throws {RiskLogDamagedError} where it does not
   */
  checkFollows(event: RiskEvent, seq: number, isLastKnown: boolean): void {
    if (seq <= this.#lastSeq) return
    const [{ version }, known] = [event.state, this.state.version]
    if (version > known + 1 ? !isLastKnown : version > known) return
    throw new RiskLogDamagedError({ kind: 'version', trader: this.trader, version, known })
  }
}
