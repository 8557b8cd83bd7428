import { decodeRiskEvent, encodeRiskEvent, type RiskEvent, subjects, type TraderId } from '@drawbridge/contracts'
import type { Configuration, TraderInput } from '@drawbridge/risk-engine'
import { type Distribution, type Logger, spanAttributes, type TracedStep, type Tracing } from '@drawbridge/service-kit'
import type { LogMessage } from './core/read-input.ts'
import type { Role } from './core/role.ts'
import type { Settling } from './core/settlement.ts'
import { logFacts, logFailure, traceDecision } from './decision-log.ts'
import type { Failures } from './failures.ts'
import { checkNotRecreated, unreadableEvent } from './log-errors.ts'
import type { GuardianMetrics } from './metrics.ts'
import type { DeadLetters } from './outbound/dead-letters.ts'
import type { AppendListener, AppendOutcome, RiskLog } from './outbound/risk-log.ts'
import { TraderRecord } from './trader-record.ts'
import type { WakeTimers } from './wake-timers.ts'

/** An input that waits to be decided. */
interface QueuedInput {
  readonly input: TraderInput
  /** The configuration that was in force before the input. */
  readonly configuration: Configuration
  readonly message: LogMessage
  readonly settling: Settling
  /** Whether REJECTS has it as a dead letter. */
  isRejected: boolean
  /** The next one that waits. */
  next: QueuedInput | null
}

/** What all lanes share. */
export interface LaneServices {
  readonly riskLog: RiskLog
  readonly deadLetters: DeadLetters
  readonly metrics: GuardianMetrics
  /** Null: off. */
  readonly tracing: Tracing | null
  readonly role: Role
  readonly wakeTimers: WakeTimers
  readonly failures: Failures
  readonly log: Logger
}

/** What is done with the first input that waits. */
type Phase =
  /** No input waits. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'deciding' }
  /** It is stored as a dead letter first. */
  | { readonly kind: 'rejecting' }
  /** It is decided, and left to the active guardian. */
  | { readonly kind: 'standby'; readonly event: RiskEvent }
  /** Its event is sent to the log, which must end at `lastSeq` for it. `traced`: null if its trace is not sampled. */
  | {
      readonly kind: 'publishing'
      readonly event: RiskEvent
      readonly lastSeq: number
      readonly traced: TracedStep | null
    }
  /** The log may hold its decision: the last event is read. */
  | { readonly kind: 'reading' }

const IDLE: Phase = { kind: 'idle' }
const DECIDING: Phase = { kind: 'deciding' }
const REJECTING: Phase = { kind: 'rejecting' }
const READING: Phase = { kind: 'reading' }

/** One trader: its state, and its inputs, decided and stored strictly one after the other. */
export class TraderLane implements AppendListener {
  readonly record: TraderRecord
  readonly #services: LaneServices
  /** Null: the trader has no series of its own. */
  readonly #checkLatency: Distribution | null
  #phase: Phase = IDLE
  /** The first input that waits, and the last one. */
  #first: QueuedInput | null = null
  #last: QueuedInput | null = null

  /** @param firstInputSeq null: the event that is kept unread says it */
  constructor(trader: TraderId, firstInputSeq: number | null, services: LaneServices) {
    this.record = new TraderRecord(trader, firstInputSeq)
    this.#services = services
    this.#checkLatency = services.metrics.watch(this.record)
  }

  get busy(): boolean {
    return this.#phase !== IDLE
  }

  /**
   * Takes over an event that another guardian stored.
   * @param isNext whether it must follow the last one: the log is read event by event
   * @throws {RiskLogDamagedError} if it must, and does not
   */
  hear(event: RiskEvent, seq: number, isNext: boolean): void {
    const phase = this.#phase
    if (isNext) this.record.checkFollows(event, seq, phase.kind === 'idle' || phase.kind === 'standby')
    if (phase.kind === 'standby') this.#compare(phase.event, event)
    this.record.apply(event, seq)
    this.lookAgain()
  }

  /** Which guardian is active, or what the log holds, has changed. */
  lookAgain(): void {
    if (this.#phase.kind === 'standby') this.#goOn()
  }

  /**
   * Decides an input when those before it are stored.
   * @param configuration what was in force before the input
   */
  push(input: TraderInput, configuration: Configuration, message: LogMessage, settling: Settling): void {
    const queued: QueuedInput = { input, configuration, message, settling, isRejected: false, next: null }
    if (this.#last === null) this.#first = queued
    else this.#last.next = queued
    this.#last = queued
    if (this.#phase === IDLE) this.#goOn()
  }

  #goOn(): void {
    this.#phase = DECIDING
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
      if (this.#services.failures.stopping.aborted) return
      if (first.input.seq > this.record.state.inputSeq && this.#decide(first) === 'waits') return
      this.#first = first.next
      first.settling.stored()
    }
    this.#last = null
    this.#phase = IDLE
    this.#services.wakeTimers.arm(this.record)
  }

  /** Whether the input is finished, or must wait. */
  #decide(queued: QueuedInput): 'done' | 'waits' {
    const { input, configuration, message, isRejected } = queued
    const { role, metrics } = this.#services
    const decision = metrics.decide(this.record.trader, this.record.state, configuration, input)
    if (decision.error !== undefined && !isRejected) logFailure(this.#services, message, decision.error)
    if (decision.kind === 'nothing') return 'done'
    const refused = decision.kind === 'refused' ? decision.reason : decision.refused
    if (refused !== null && !isRejected) {
      this.#phase = REJECTING
      this.#wait(this.#reject(queued, refused))
      return 'waits'
    }
    if (decision.kind === 'refused') return 'done'
    if (role.isActive) this.#publish(decision.event, queued)
    else this.#phase = { kind: 'standby', event: decision.event }
    return 'waits'
  }

  #publish(event: RiskEvent, { message, settling }: QueuedInput): void {
    const { riskLog, tracing } = this.#services
    const { lastSeq } = this.record
    const traced = tracing === null ? null : traceDecision(tracing, message, event, settling.since)
    this.#phase = { kind: 'publishing', event, lastSeq, traced }
    riskLog.append(event, lastSeq, traced?.traceparent ?? message.traceparent, this)
  }

  onAppended(outcome: AppendOutcome): void {
    const phase = this.#phase
    if (phase.kind !== 'publishing')
      throw new Error(`an event of trader ${this.record.trader} was stored that was not sent`)
    const { event, lastSeq, traced } = phase
    if (outcome.kind === 'stored') {
      traced?.end({ [spanAttributes.eventSeq]: outcome.seq })
      this.#stored(event, outcome.seq)
      this.#goOn()
    } else {
      traced?.end({}, outcome.kind)
      this.#phase = READING
      this.#wait(this.#readAgain(event, lastSeq))
    }
  }

  onError(error: unknown): void {
    this.#services.failures.fail(error)
  }

  #wait(work: Promise<void>): void {
    work.then(() => this.#goOn()).catch(this.#services.failures.fail)
  }

  async #reject(queued: QueuedInput, reason: string): Promise<void> {
    const { deadLetters, metrics } = this.#services
    metrics.rejects.inc()
    queued.isRejected = await deadLetters.put(queued.message, reason)
  }

  #stored(event: RiskEvent, seq: number): void {
    const { metrics, log } = this.#services
    this.record.apply(event, seq)
    metrics.stored(event, this.#first?.settling.since ?? performance.now(), this.#checkLatency)
    if (event.facts.length > 0) logFacts(log, event, this.#first?.message.traceparent ?? '')
  }

  /** What the log holds for this input, or for a later one, is the decision. */
  async #readAgain(own: RiskEvent, lastSeq: number): Promise<void> {
    const { riskLog, metrics } = this.#services
    const { trader } = this.record
    metrics.publishesRefused.inc()
    const last = await riskLog.last(subjects.traderLog(trader))
    checkNotRecreated(last, lastSeq, subjects.traderLog(trader))
    if (last === null) return
    const event = decodeRiskEvent(last.data)
    if (!event.ok) throw unreadableEvent(last.seq, `, of trader ${trader},`, event.reason)
    this.#compare(own, event.value)
    this.record.apply(event.value, last.seq)
  }

  #compare(own: RiskEvent, stored: RiskEvent): void {
    if (stored.state.inputSeq !== own.state.inputSeq) return
    const ownBytes = encodeRiskEvent(own)
    const storedBytes = encodeRiskEvent(stored)
    if (Buffer.compare(ownBytes, storedBytes) === 0) return
    this.#services.metrics.divergence.inc()
    const [ownText, logText] = [ownBytes, storedBytes].map((bytes) => Buffer.from(bytes).toString())
    const fields = { trader: own.trader, inputSeq: own.state.inputSeq, own: ownText, log: logText }
    this.#services.log.error(fields, 'decision diverged from the risk log; keeping the logged one')
  }
}
