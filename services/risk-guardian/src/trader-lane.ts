import {
  decodeRiskEvent,
  encodeRiskEvent,
  type RiskEvent,
  subjects,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts'
import { type Configuration, INITIAL_STATE, type TraderInput } from '@drawbridge/risk-engine'
import { type Distribution, type Logger, spanAttributes, type TracedStep, type Tracing } from '@drawbridge/service-kit'
import type { LogMessage } from './core/read-input.ts'
import type { Settling } from './core/settlement.ts'
import type { Turn } from './core/turn.ts'
import { checkNotRecreated } from './event-gone.ts'
import { UNREADABLE_REMEDY } from './inbound/read-risk-log.ts'
import { tellFailure } from './input-failure.ts'
import { logFacts } from './log-facts.ts'
import type { GuardianMetrics } from './metrics.ts'
import type { AppendListener, AppendOutcome } from './outbound/append.ts'
import type { InputRejects } from './outbound/input-rejects.ts'
import type { RiskLog } from './outbound/risk-log.ts'
import { RiskLogDamagedError } from './risk-log-damage.ts'
import { traceDecision } from './trace-decision.ts'

/** An input that waits for its turn. */
export interface QueuedInput {
  readonly input: TraderInput
  /** The configuration that was in force before the input. */
  readonly configuration: Configuration
  readonly message: LogMessage
  readonly settling: Settling
  /** What waits behind it. */
  next: QueuedInput | null
}

/** What all lanes share. */
export interface LaneServices {
  readonly riskLog: RiskLog
  readonly rejects: InputRejects
  readonly metrics: GuardianMetrics
  /** Null: off. */
  readonly tracing: Tracing | null
  readonly turn: Turn
  readonly stopping: AbortSignal
  readonly log: Logger
  /** The lane's inputs are judged for now. */
  readonly onIdle: (lane: TraderLane) => void
  readonly onError: (error: Error) => void
}

/** One trader: its state, and its inputs, decided and stored strictly one after the other. */
export class TraderLane implements AppendListener {
  readonly trader: TraderId
  readonly #services: LaneServices
  /** Null: the trader has no series of its own. */
  readonly #checkLatency: Distribution | null
  /** Null: of what is kept unread. */
  readonly #firstInputSeq: number | null
  #state: TraderState = INITIAL_STATE
  /** The last event, as the log holds it. */
  #unread: Uint8Array | null = null
  #lastSeq = 0
  /** The input that is decided now, and the last one that waits. */
  #first: QueuedInput | null = null
  #last: QueuedInput | null = null
  #running = false
  /** Whether REJECTS has what is refused of the first input. */
  #isRejected = false
  /** Of the first input, and not stored yet as far as is known. */
  #decided: RiskEvent | null = null
  /** Whether it is left to the guardian whose turn it is. */
  #isLeft = false
  /** Of the decided event, where its trace is sampled. */
  #traced: TracedStep | null = null
  /** Where the log is to end for it. */
  #expectedSeq = 0

  /** @param firstInputSeq null: what is kept unread says it */
  constructor(trader: TraderId, firstInputSeq: number | null, services: LaneServices) {
    this.trader = trader
    this.#firstInputSeq = firstInputSeq
    this.#services = services
    this.#checkLatency = services.metrics.watch(this)
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

  get busy(): boolean {
    return this.#running
  }

  /** Keeps the newest event of the log, to be read when it is needed. */
  keep(bytes: Uint8Array, seq: number): void {
    this.#unread = bytes
    this.#lastSeq = seq
  }

  #read(bytes: Uint8Array): void {
    const event = decodeRiskEvent(bytes)
    if (!event.ok) throw unreadableEvent(this.trader, this.#lastSeq, event.reason)
    if (event.value.trader !== this.trader) {
      throw unreadableEvent(this.trader, this.#lastSeq, `it is of trader ${event.value.trader}`)
    }
    this.#unread = null
    this.#state = event.value.state
  }

  /** Takes over a stored event, if it is newer than what the lane knows. */
  apply(event: RiskEvent, seq: number): void {
    if (event.state.version > this.state.version) this.#state = event.state
    if (seq > this.#lastSeq) this.#lastSeq = seq
  }

  /**
   * Takes over an event that another guardian stored.
   * @param isNext whether it must follow the last one: the log is read event by event
   * @throws {RiskLogDamagedError} where it must, and does not
   */
  hear(event: RiskEvent, seq: number, isNext: boolean): void {
    if (isNext) this.#checkFollows(event, seq)
    if (this.#isLeft && this.#decided !== null) this.#compare(this.#decided, event)
    this.apply(event, seq)
    this.lookAgain()
  }

  #checkFollows(event: RiskEvent, seq: number): void {
    if (seq <= this.#lastSeq) return
    const [{ version }, known] = [event.state, this.state.version]
    // Of an own event that is under way it is not known yet whether it is the one before.
    const isKnown = !this.#running || this.#isLeft
    if (version > known + 1 ? !isKnown : version > known) return
    throw new RiskLogDamagedError({ kind: 'version', trader: this.trader, version, known })
  }

  /** Whose turn it is, or what the log holds, has changed. */
  lookAgain(): void {
    if (!this.#isLeft) return
    this.#isLeft = false
    this.#goOn()
  }

  push(queued: QueuedInput): void {
    if (this.#last === null) this.#first = queued
    else this.#last.next = queued
    this.#last = queued
    if (this.#running) return
    this.#running = true
    this.#goOn()
  }

  #goOn(): void {
    try {
      this.#decideWaiting()
    } catch (error) {
      this.onError(error)
    }
  }

  /** Decides the inputs that wait, until there is something to wait for. */
  #decideWaiting(): void {
    for (let first = this.#first; first !== null; first = this.#first) {
      // Nothing is settled that is not stored.
      if (this.#services.stopping.aborted) return
      if (first.input.seq > this.state.inputSeq && this.#decide(first) === 'waits') return
      this.#first = first.next
      this.#isRejected = false
      first.settling.stored()
    }
    this.#last = null
    this.#running = false
    this.#services.onIdle(this)
  }

  /** Whether the input is finished, or must wait. */
  #decide({ input, configuration, message, settling }: QueuedInput): 'done' | 'waits' {
    const { riskLog, turn, metrics, tracing } = this.#services
    const decision = metrics.decide(this.trader, this.state, configuration, input)
    if (decision.error !== undefined && !this.#isRejected) tellFailure(this.#services, message, decision.error)
    if (decision.kind === 'nothing') return 'done'
    const refused = decision.kind === 'refused' ? decision.reason : decision.refused
    if (refused !== null && !this.#isRejected) {
      this.#wait(this.#reject(message, refused))
      return 'waits'
    }
    if (decision.kind === 'refused') return 'done'
    this.#decided = decision.event
    this.#isLeft = !turn.isMine
    this.#expectedSeq = this.#lastSeq
    if (!turn.isMine) return 'waits'
    this.#traced = tracing === null ? null : traceDecision(tracing, message, decision.event, settling.since)
    const traceparent = this.#traced?.traceparent ?? message.traceparent
    riskLog.append(decision.event, this.#expectedSeq, traceparent, this)
    return 'waits'
  }

  onAppended(outcome: AppendOutcome): void {
    const event = this.#decided
    if (event === null) throw new Error(`an event of trader ${this.trader} was stored that was not decided`)
    this.#decided = null
    if (this.#traced !== null) this.#endTrace(outcome)
    if (outcome.kind === 'stored') {
      this.#stored(event, outcome.seq)
      this.#goOn()
    } else this.#wait(this.#readAgain(event, this.#expectedSeq))
  }

  #endTrace(outcome: AppendOutcome): void {
    if (outcome.kind === 'stored') this.#traced?.end({ [spanAttributes.eventSeq]: outcome.seq })
    else this.#traced?.end({}, outcome.kind)
    this.#traced = null
  }

  onError(error: unknown): void {
    this.#services.onError(error as Error)
  }

  #wait(work: Promise<void>): void {
    work.then(() => this.#goOn()).catch((error: unknown) => this.onError(error))
  }

  async #reject(message: LogMessage, reason: string): Promise<void> {
    const { rejects, metrics } = this.#services
    metrics.rejects.inc()
    this.#isRejected = await rejects.put(message, reason)
  }

  #stored(event: RiskEvent, seq: number): void {
    const { metrics, log } = this.#services
    this.apply(event, seq)
    metrics.stored(event, this.#first?.settling.since ?? performance.now(), this.#checkLatency)
    if (event.facts.length > 0) logFacts(log, event, this.#first?.message.traceparent ?? '')
  }

  /** The log knows better: what it holds of this input, or of a later one, is the decision. */
  async #readAgain(own: RiskEvent, lastSeq: number): Promise<void> {
    const { riskLog, metrics } = this.#services
    metrics.publishesRefused.inc()
    const last = await riskLog.lastOf(this.trader)
    checkNotRecreated(last, lastSeq, subjects.traderLog(this.trader))
    if (last === null) return
    const event = decodeRiskEvent(last.data)
    if (!event.ok) throw unreadableEvent(this.trader, last.seq, event.reason)
    this.#compare(own, event.value)
    this.apply(event.value, last.seq)
  }

  #compare(own: RiskEvent, stored: RiskEvent): void {
    if (stored.state.inputSeq !== own.state.inputSeq) return
    const ownBytes = encodeRiskEvent(own)
    const storedBytes = encodeRiskEvent(stored)
    if (Buffer.compare(ownBytes, storedBytes) === 0) return
    this.#services.metrics.divergence.inc()
    const [ownText, logText] = [ownBytes, storedBytes].map((bytes) => Buffer.from(bytes).toString())
    const fields = { trader: this.trader, inputSeq: own.state.inputSeq, own: ownText, log: logText }
    this.#services.log.error(fields, 'decision diverged from the risk log; keeping the logged one')
  }
}

function unreadableEvent(trader: TraderId, seq: number, reason: string): Error {
  return new Error(`event ${seq} of the risk log, of trader ${trader}, cannot be read: ${reason}; ${UNREADABLE_REMEDY}`)
}
