import {
  decodeRiskEvent,
  encodeRiskEvent,
  type RiskEvent,
  subjects,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts'
import { type Configuration, decide, INITIAL_STATE, type TraderInput } from '@drawbridge/risk-engine'
import type { Logger } from '@drawbridge/service-kit'
import type { LogMessage } from './core/read-input.ts'
import type { Settling } from './core/settlement.ts'
import type { Turn } from './core/turn.ts'
import { UNREADABLE_REMEDY } from './inbound/read-risk-log.ts'
import type { GuardianMetrics } from './metrics.ts'
import type { InputRejects } from './outbound/input-rejects.ts'
import { checkNotRecreated, type RiskLog } from './outbound/risk-log.ts'

/** An input that waits for its turn. */
export interface QueuedInput {
  readonly input: TraderInput
  /** The configuration that was in force before the input. */
  readonly configuration: Configuration
  readonly message: LogMessage
  readonly settling: Settling
}

/** What all lanes share. */
export interface LaneServices {
  readonly riskLog: RiskLog
  readonly rejects: InputRejects
  readonly metrics: GuardianMetrics
  readonly turn: Turn
  readonly stopping: AbortSignal
  readonly log: Logger
  /** The lane's inputs are judged for now. */
  readonly onIdle: (lane: TraderLane) => void
  readonly onError: (error: Error) => void
}

/** One trader: its state, and its inputs, decided and stored strictly one after the other. */
export class TraderLane {
  readonly trader: TraderId
  readonly #services: LaneServices
  readonly #queue: QueuedInput[] = []
  /** Null: of what is kept unread. */
  readonly #firstInputSeq: number | null
  #state: TraderState = INITIAL_STATE
  /** The last event, as the log holds it. */
  #unread: Uint8Array | null = null
  #lastSeq = 0
  #running = false
  /** Decided, and left to the guardian whose turn it is. */
  #leftToAnother: RiskEvent | null = null
  #goOn: () => void = () => undefined

  /** @param firstInputSeq null: what is kept unread says it */
  constructor(trader: TraderId, firstInputSeq: number | null, services: LaneServices) {
    this.trader = trader
    this.#firstInputSeq = firstInputSeq
    this.#services = services
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

  /** Takes over an event that another guardian stored. */
  hear(event: RiskEvent, seq: number): void {
    if (this.#leftToAnother !== null) this.#compare(this.#leftToAnother, event)
    this.apply(event, seq)
    this.lookAgain()
  }

  /** Whose turn it is, or what the log holds, has changed. */
  lookAgain(): void {
    this.#goOn()
  }

  push(queued: QueuedInput): void {
    this.#queue.push(queued)
    if (this.#running) return
    this.#running = true
    void this.#run().catch(this.#services.onError)
  }

  async #run(): Promise<void> {
    const { riskLog, turn, stopping } = this.#services
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      let isRejected = false
      while (next.input.seq > this.state.inputSeq) {
        // Nothing is settled that is not stored.
        if (stopping.aborted) return
        const decision = decide(this.trader, this.state, next.configuration, next.input)
        if (decision.kind === 'nothing') break
        const refused = decision.kind === 'refused' ? decision.reason : decision.refused
        if (refused !== null && !isRejected) {
          isRejected = await this.#reject(next.message, refused)
        } else if (decision.kind === 'refused') {
          break
        } else if (!turn.isMine) {
          await this.#leaveToAnother(decision.event)
        } else {
          const lastSeq = this.#lastSeq
          const outcome = await riskLog.append(decision.event, lastSeq, next.message.traceparent)
          if (outcome.kind === 'stored') this.#stored(decision.event, outcome.seq)
          else await this.#readAgain(decision.event, lastSeq)
        }
      }
      next.settling.stored()
    }
    this.#running = false
    this.#services.onIdle(this)
  }

  /** False if the service stops before it is stored. */
  #reject(message: LogMessage, reason: string): Promise<boolean> {
    const { rejects, metrics } = this.#services
    metrics.rejects.inc()
    return rejects.put(message, reason)
  }

  #stored(event: RiskEvent, seq: number): void {
    const { metrics, log } = this.#services
    this.apply(event, seq)
    metrics.countEvent(event.type)
    if (event.facts.length > 0) logFacts(log, event)
  }

  /** Returns when the log has brought another guardian's event of this trader, or the turn may have changed. */
  async #leaveToAnother(event: RiskEvent): Promise<void> {
    this.#leftToAnother = event
    await new Promise<void>((resolve) => {
      this.#goOn = resolve
    })
    this.#leftToAnother = null
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
    this.#services.log.error(fields, 'decided otherwise than the risk log; the log holds')
  }
}

function unreadableEvent(trader: TraderId, seq: number, reason: string): Error {
  return new Error(`event ${seq} of the risk log, of trader ${trader}, cannot be read: ${reason}; ${UNREADABLE_REMEDY}`)
}

/** One line for each change of what a trader may do; none for an ordinary tick. */
function logFacts(log: Logger, event: RiskEvent): void {
  const { trader } = event
  const time = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString())
  for (const fact of event.facts) {
    if (fact.kind === 'breached') {
      const observed = Number(fact.observedPct) / 1e8
      const limit = Number(fact.limitPct) / 1e8
      const fields = { trader, rule: fact.rule, observed, limit, until: time(fact.until), enforced: fact.enforced }
      log.warn(fields, 'RISK LIMIT BREACHED')
    } else if (fact.kind === 'paused') {
      log.warn({ trader, until: time(fact.until), reason: fact.reason, by: fact.by }, 'trading paused by an operator')
    } else if (fact.kind === 'resumed') {
      log.info({ trader, cause: fact.cause, holders: fact.holders }, 'trading resumed')
    } else if (fact.kind === 'tick-rejected') {
      log.debug({ trader, reason: fact.reason }, 'tick rejected')
    }
  }
}
