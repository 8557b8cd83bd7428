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
import type { AppendListener, AppendOutcome, Entry, RiskLog } from './outbound/risk-log.ts'
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

/** An event on its way into the log. One is made for each input, so no more is made than needed. */
class SentEvent implements Entry {
  readonly event: RiskEvent
  /** Null: its trace is not sampled. */
  readonly traced: TracedStep | null
  readonly traceparent: string

  constructor(event: RiskEvent, traced: TracedStep | null, traceparent: string) {
    this.event = event
    this.traced = traced
    this.traceparent = traceparent
  }

  get subject(): string {
    return subjects.out(this.event.type, this.event.trader)
  }

  encode(): Uint8Array {
    return encodeRiskEvent(this.event)
  }
}

/**
 * A batch takes the server as long as some 50 events one at a time: it stages all of it in a file first. With many more it
 * is faster, and so one bot that sends as fast as it can does not hold up the others.
 */
export const BATCH_FROM = 64
/** NATS takes 1,000 messages in a batch; they wait together for their answer. */
const BATCH_MAX = 500

/** What all lanes share. */
export interface LaneServices {
  readonly riskLog: RiskLog
  readonly deadLetters: DeadLetters
  readonly metrics: GuardianMetrics
  /** Null: off. */
  readonly tracing: Tracing | null
  readonly role: Role
  readonly wakeTimers: WakeTimers
  /** So many inputs of a trader wait: their events are stored in batches. */
  readonly batchFrom: number
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
  /** Its event, and those of the inputs behind it, are sent to the log, which must end at `lastSeq` for them. */
  | { readonly kind: 'publishing'; readonly sent: readonly SentEvent[]; readonly lastSeq: number }
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
  #waiting = 0

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
    this.#waiting += 1
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
      this.#waiting -= 1
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

  /** Sends the event of the first input that waits, and with it those of the next ones if many wait. */
  #publish(event: RiskEvent, queued: QueuedInput): void {
    const { riskLog, batchFrom } = this.#services
    const { trader, lastSeq } = this.record
    const sent = [this.#trace(event, queued)]
    if (this.#waiting >= batchFrom && riskLog.takesBatches) this.#decideMore(sent, queued.next)
    this.#phase = { kind: 'publishing', sent, lastSeq }
    riskLog.append(sent, trader, lastSeq, this)
  }

  /** Decides the inputs behind it, up to one that needs more than its event to be stored. */
  #decideMore(sent: SentEvent[], from: QueuedInput | null): void {
    const { metrics } = this.#services
    const { trader } = this.record
    for (let queued = from; queued !== null && sent.length < BATCH_MAX; queued = queued.next) {
      const { state } = (sent[sent.length - 1] as SentEvent).event
      const decision = metrics.decide(trader, state, queued.configuration, queued.input)
      if (decision.kind !== 'event' || decision.refused !== null || decision.error !== undefined) return
      sent.push(this.#trace(decision.event, queued))
    }
  }

  #trace(event: RiskEvent, { message, settling }: QueuedInput): SentEvent {
    const { tracing } = this.#services
    const traced = tracing === null ? null : traceDecision(tracing, message, event, settling.since)
    return new SentEvent(event, traced, traced?.traceparent ?? message.traceparent)
  }

  onAppended(outcome: AppendOutcome): void {
    const phase = this.#phase
    if (phase.kind !== 'publishing')
      throw new Error(`an event of trader ${this.record.trader} was stored that was not sent`)
    const { sent, lastSeq } = phase
    if (outcome.kind === 'stored') {
      this.#stored(sent, outcome.seq)
      this.#goOn()
    } else {
      for (const { traced } of sent) traced?.end({}, outcome.kind)
      this.#phase = READING
      this.#wait(this.#readAgain(sent, lastSeq))
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

  /** @param lastSeq the stream sequence of the last one */
  #stored(sent: readonly SentEvent[], lastSeq: number): void {
    const { metrics, log } = this.#services
    let queued = this.#first
    let seq = lastSeq - sent.length + 1
    for (const { event, traced } of sent) {
      traced?.end({ [spanAttributes.eventSeq]: seq })
      this.record.apply(event, seq)
      metrics.stored(event, queued?.settling.since ?? performance.now(), this.#checkLatency)
      if (event.facts.length > 0) logFacts(log, event, queued?.message.traceparent ?? '')
      seq += 1
      queued = queued?.next ?? null
    }
  }

  /** What the log holds for these inputs, or for later ones, is the decision. */
  async #readAgain(sent: readonly SentEvent[], lastSeq: number): Promise<void> {
    const { riskLog, metrics } = this.#services
    const { trader } = this.record
    metrics.publishesRefused.inc()
    const last = await riskLog.last(subjects.traderLog(trader))
    checkNotRecreated(last, lastSeq, subjects.traderLog(trader))
    if (last === null) return
    const event = decodeRiskEvent(last.data)
    if (!event.ok) throw unreadableEvent(last.seq, `, of trader ${trader},`, event.reason)
    for (const own of sent) this.#compare(own.event, event.value)
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
