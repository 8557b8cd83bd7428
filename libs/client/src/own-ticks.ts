import type { RiskEvent } from '@drawbridge/contracts'
import { isFar, type Judged, judgedOf, type OwnReading, type PlainReading, plainReading } from './core/far-reading.ts'
import { decisionOn, includedIn, type TickDecision } from './core/tick-decision.ts'
import { Waiters } from './waiters.ts'

/** Why nothing is known of a reading. */
export type Undecided =
  /** NATS has not stored it yet. */
  | 'unsent'
  /** NATS has it, and no decision on it is known. */
  | 'unjudged'
  /** Guardians have passed it without a decision: the trader was not admitted, or an admin removed the input. */
  | 'set-aside'
  /** Left out, because more waited than there was room for. */
  | 'dropped'
  /** NATS had stored it, and lost it. */
  | 'lost'
  /** This process has stopped. */
  | 'closed'

/** What is known of a reading of this process. */
export type TickFate =
  | { readonly kind: 'decided'; readonly decision: TickDecision }
  | { readonly kind: 'undecided'; readonly why: Undecided }

/** One reading of this process, from its report until its decision is known. */
export class OwnTick {
  /** Null: whatever it says, it may change the answer of the gate. */
  readonly reading: PlainReading | null
  /** When it was reported, of `performance.now()`. */
  since: number
  /** Its sequence in the stream INPUTS; null: it is not stored. */
  storedAs: number | null = null
  /** The input of the newest known decision when it was first sent; null: it was not. */
  sentAfter: number | null = null
  isFar: boolean
  readonly #ticks: OwnTicks
  readonly #waiters = new Waiters()
  #fate: TickFate | null = null

  constructor(ticks: OwnTicks, reading: PlainReading | null, since: number, isFar: boolean) {
    this.#ticks = ticks
    this.reading = reading
    this.since = since
    this.isFar = isFar
  }

  /** What became of it, as soon as that is known; after `waitMs` what is known then. */
  async fate(waitMs: number): Promise<TickFate> {
    if (this.#fate === null) await this.#waiters.wait(waitMs)
    return this.#fate ?? { kind: 'undecided', why: this.#ticks.whyUndecided(this) }
  }

  /** It is about to be sent to NATS. */
  sending(): void {
    this.sentAfter ??= this.#ticks.inputSeq
  }

  /** NATS has stored it. @param seq in the stream INPUTS */
  stored(seq: number): void {
    if (this.#fate === null) this.#ticks.isStored(this, seq)
  }

  /** It will not be sent. */
  dropped(): void {
    if (this.#fate === null) this.#ticks.isDropped(this)
  }

  get isOver(): boolean {
    return this.#fate !== null
  }

  end(fate: TickFate): void {
    if (this.#fate !== null) return
    this.#fate = fate
    this.#waiters.tell()
  }
}

/** At most so many readings are told apart; beyond it, two become one, which counts as the older of them. */
const STORED_MAX = 1_000
/** A decision may come before the answer of NATS that says which input it is about. At most so many are kept for that. */
const HEARD_MAX = 64

/**
 * The readings of this process whose decisions are not known yet, in the order in which they were reported.
 *
 * A reading is decided once an event of its input, or of a later one, is known: guardians decide the inputs of a trader
 * strictly in order. Its input is known by the answer of NATS: the same one for a message that was sent again.
 */
export class OwnTicks {
  readonly #onChange: () => void
  #ticks: OwnTick[] = []
  #heard: RiskEvent[] = []
  #inputSeq = 0
  #judged: Judged | null = null
  #offset: number | null = null
  #settled = 0

  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** The input of the newest known decision; 0: none is known. */
  get inputSeq(): number {
    return this.#inputSeq
  }

  /** How many are not decided. */
  get size(): number {
    return this.#ticks.length
  }

  /** When the oldest undecided one was reported, of `performance.now()`; infinity: all are decided. */
  get oldestSince(): number {
    return this.#ticks[0]?.since ?? Number.POSITIVE_INFINITY
  }

  /** Whether one of them may change the answer of the gate. */
  get hasFar(): boolean {
    return this.#ticks.some((tick) => tick.isFar)
  }

  report(reading: OwnReading): OwnTick {
    const plain = plainReading(reading)
    const tick = new OwnTick(this, plain, performance.now(), isFar(plain, this.#judged))
    this.#ticks.push(tick)
    this.#onChange()
    return tick
  }

  mayChange(reading: OwnReading): boolean {
    return isFar(plainReading(reading), this.#judged)
  }

  isStored(tick: OwnTick, seq: number): void {
    tick.storedAs = seq
    this.#loseFrom(tick, seq)
    for (const event of [...this.#heard]) this.#decide(event)
    if (!tick.isOver) this.#merge()
    this.#onChange()
  }

  isDropped(tick: OwnTick): void {
    tick.end({ kind: 'undecided', why: 'dropped' })
    this.#forgetOver()
    this.#onChange()
  }

  /** A decision is known, newer than all before. */
  decide(event: RiskEvent): void {
    this.#inputSeq = event.state.inputSeq
    this.#judged = judgedOf(event)
    if (this.#ticks.length === 0) return
    this.#heard.push(event)
    if (this.#heard.length > HEARD_MAX) this.#heard.shift()
    this.#decide(event)
    for (const tick of this.#ticks) tick.isFar = isFar(tick.reading, this.#judged)
  }

  /** The sequence of an input is that of the stream INPUTS plus this. */
  inputsOffset(offset: number): void {
    if (offset === this.#offset) return
    this.#offset = offset
    for (const event of [...this.#heard]) this.#decide(event)
    this.#onChange()
  }

  /** Every input up to this one is decided, or set aside. */
  settledUpTo(settled: number): void {
    this.#settled = settled
  }

  /** The decisions of another log say nothing of these. */
  forget(): void {
    this.#inputSeq = 0
    this.#judged = null
    this.#offset = null
    this.#settled = 0
    this.#heard = []
  }

  /** Nothing more will be known. */
  close(): void {
    for (const tick of this.#ticks) tick.end({ kind: 'undecided', why: 'closed' })
  }

  whyUndecided(tick: OwnTick): Undecided {
    const { storedAs } = tick
    if (storedAs === null) return 'unsent'
    return this.#offset !== null && storedAs + this.#offset <= this.#settled ? 'set-aside' : 'unjudged'
  }

  #decide(event: RiskEvent): void {
    for (const tick of this.#ticks) {
      const inputSeq = this.#inputOf(tick)
      if (inputSeq === null || inputSeq > event.state.inputSeq) continue
      const decision = inputSeq === event.state.inputSeq ? decisionOn(event) : includedIn(event)
      tick.end({ kind: 'decided', decision })
    }
    this.#forgetOver()
  }

  /** Null: it is not known. */
  #inputOf({ storedAs, sentAfter }: OwnTick): number | null {
    if (storedAs === null || this.#offset === null) return null
    const inputSeq = storedAs + this.#offset
    // An input that was sent later has a higher sequence: else INPUTS is another one, and how its inputs count is not told yet.
    return inputSeq > (sentAfter ?? 0) ? inputSeq : null
  }

  /** Sequences only go up, unless INPUTS lost its end or was replaced: then those at the end are gone. */
  #loseFrom(stored: OwnTick, seq: number): void {
    for (const tick of this.#ticks) {
      if (tick !== stored && tick.storedAs !== null && tick.storedAs >= seq)
        tick.end({ kind: 'undecided', why: 'lost' })
    }
    this.#forgetOver()
  }

  #merge(): void {
    const stored = this.#ticks.filter(({ storedAs }) => storedAs !== null)
    if (stored.length <= STORED_MAX) return
    for (let at = 0; at + 1 < stored.length; at += 2) {
      const [older, newer] = [stored[at], stored[at + 1]]
      if (older === undefined || newer === undefined) return
      newer.since = older.since
      newer.isFar = true
      older.end({ kind: 'undecided', why: 'unjudged' })
    }
    this.#forgetOver()
  }

  #forgetOver(): void {
    if (this.#ticks.some((tick) => tick.isOver)) this.#ticks = this.#ticks.filter((tick) => !tick.isOver)
    if (this.#ticks.length === 0) this.#heard = []
  }
}
