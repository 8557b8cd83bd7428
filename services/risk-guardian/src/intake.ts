import {
  type ConfigEvent,
  type FlagsChange,
  type GlobalLimitsChange,
  parseInputSubject,
  parseTraderId,
  type TraderId,
  traceField,
} from '@drawbridge/contracts'
import { type Configuration, decide, INITIAL_STATE, type TraderInput } from '@drawbridge/risk-engine'
import type { Logger } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'
import type { CarefulStart } from './careful-start.ts'
import type { Configurations } from './configurations.ts'
import { type LogMessage, readInput } from './core/read-input.ts'
import { rangesWithout, type Settlement, type Settling } from './core/settlement.ts'
import { logFailure } from './decision-log.ts'
import type { Failures } from './failures.ts'
import { InputLog } from './inbound/input-log.ts'
import type { InputWatch } from './inbound/input-watch.ts'
import type { Lanes } from './lanes.ts'
import type { GuardianMetrics } from './metrics.ts'
import type { DeadLetters } from './outbound/dead-letters.ts'
import type { WakeTimers } from './wake-timers.ts'

interface IntakeParts {
  readonly inputs: InputWatch
  readonly connection: NatsConnection
  readonly settlement: Settlement
  readonly configurations: Configurations
  readonly lanes: Lanes
  readonly deadLetters: DeadLetters
  readonly metrics: GuardianMetrics
  readonly careful: CarefulStart
  readonly wakeTimers: WakeTimers
  readonly failures: Failures
  readonly log: Logger
}

/**
 * At most this many unsettled inputs are read, and more are asked for when half of them are settled: enough to keep the
 * publisher busy meanwhile. With twice as many, their objects outlive the collection of young garbage.
 */
export const UNSETTLED_MAX = 2_048
/** Nor are more read while so many bytes wait to be given to their traders. */
const ARRIVED_BYTES_MAX = 32 * 1024 * 1024
/** Far longer than an active guardian needs to decide an input, and to crash by it. */
const OUTLIVED_AFTER_MS = 1_000
const NO_BYTES = new Uint8Array()

/** Reads the input log in order, and gives each input to the lane of its trader, with the configuration before it. */
export class Intake {
  readonly #parts: IntakeParts
  readonly #settlement: Settlement
  #inputs: InputLog | null = null
  /** Read, and waiting until a change of configuration before them is stored. */
  readonly #arrived: LogMessage[] = []
  #arrivedBytes = 0
  /** Inputs that an admin has removed: if one is read all the same, nobody decides it. */
  readonly #removed = new Set<number>()
  /** When a change of configuration was read that is not stored yet; null: there is none. */
  #changingSince: number | null = null
  /** Whether an input is decided alone, while the inputs after it wait. */
  #isAlone = false
  /** Called when more is settled, while an input is decided alone. */
  #onSettled: () => void = () => undefined
  #read = 0
  #lost = 0
  /** The sequence of an input is that of the stream plus this. */
  #offset = 0

  constructor(parts: IntakeParts) {
    this.#parts = parts
    this.#settlement = parts.settlement
    parts.settlement.onAdvance(() => {
      this.#inputs?.lookAgain()
      this.#onSettled()
    })
    parts.failures.stopping.addEventListener('abort', () => this.#inputs?.stop())
  }

  /** When the oldest input was read that is not settled; null: all are settled. */
  get undecidedSince(): number | null {
    return this.#settlement.oldestSince ?? this.#changingSince
  }

  /** Up to which input the configuration in force is known; an input that is changing it counts as not yet read. */
  get configuredUpTo(): number {
    return this.#changingSince === null ? this.#read : this.#read - 1
  }

  /**
   * Every input up to this sequence was settled before.
   * @param offset the sequence of an input is that of the stream plus this
   */
  placeAfter(settled: number, offset: number): void {
    this.#settlement.beginAfter(settled)
    this.#read = settled
    this.#offset = offset
  }

  /** An admin has removed an input. One that has been read already is decided. */
  remove(inputSeq: number): void {
    if (inputSeq <= this.#read) return
    this.#removed.add(inputSeq)
    this.#settlement.pass(inputSeq)
  }

  /** How many inputs had left the input log before they were read. */
  get lost(): number {
    return this.#lost
  }

  /**
   * Inputs have expired, or were lost with the store of the stream: nobody judges them, and the inputs after them are
   * judged. @param to the last of them
   */
  reportLost(from: number, to: number): void {
    this.#lost += to - from + 1
    this.#parts.metrics.inputsLost.inc(to - from + 1)
    this.#parts.log.error({ from, to }, 'inputs left the input log before a guardian read them')
  }

  /** Begins to read. */
  start(): void {
    const { connection, log, failures } = this.#parts
    this.#inputs = new InputLog({
      connection,
      from: this.#read + 1 - this.#offset,
      room: () => this.#room,
      onMessage: (message) => {
        this.#arrivedBytes += message.payload.length
        this.#arrived.push(this.#offset === 0 ? message : { ...message, seq: message.seq + this.#offset })
        this.#drain()
      },
      log,
      onError: failures.fail,
    })
    this.#inputs.start()
  }

  /** How many more inputs may be read now. */
  get #room(): number {
    if (this.#arrivedBytes > ARRIVED_BYTES_MAX) return 0
    const unsettled = this.#arrived.length + this.#settlement.open
    return unsettled <= UNSETTLED_MAX / 2 ? UNSETTLED_MAX - unsettled : 0
  }

  #drain(): void {
    while (this.#changingSince === null && !this.#isAlone) {
      const [message] = this.#arrived
      if (message === undefined) return
      if (this.#parts.careful.concerns(message.seq)) {
        this.#isAlone = true
        this.#takeAlone(message).catch(this.#parts.failures.fail)
      } else this.#takeNext()
    }
  }

  #takeNext(): void {
    const message = this.#arrived.shift()
    if (message === undefined) return
    this.#arrivedBytes -= message.payload.length
    this.#passHole(this.#read + 1, message.seq - 1)
    this.#read = message.seq
    this.#parts.inputs.isRead(message.seq - this.#offset, message.time)
    if (!this.#removed.delete(message.seq)) this.#take(message)
  }

  /** Inputs that the input log does not hold were removed by an admin, or are lost. */
  #passHole(from: number, to: number): void {
    if (from > to) return
    for (const lost of rangesWithout(from, to, this.#removed)) this.reportLost(lost.from, lost.to)
    for (const seq of this.#removed) if (seq <= to) this.#removed.delete(seq)
  }

  /** Names the next input before it is decided; the inputs after it wait until it is. */
  async #takeAlone(message: LogMessage): Promise<void> {
    const { careful, deadLetters, metrics } = this.#parts
    const isHarmful = !this.#isDecided(message) && (await careful.name(message.seq))
    if (isHarmful && !this.#removed.has(message.seq)) {
      if (!(await deadLetters.quarantine(message))) return
      metrics.quarantined.inc()
      this.remove(message.seq)
    }
    this.#takeNext()
    const outlived = setTimeout(() => void careful.outlived(), OUTLIVED_AFTER_MS)
    await this.#untilSettled(message.seq)
    clearTimeout(outlived)
    this.#isAlone = false
    this.#drain()
    this.#inputs?.lookAgain()
  }

  /** An input that has its event ended no guardian: they ended, or more of them began, while it was decided. */
  #isDecided({ subject, seq }: LogMessage): boolean {
    const address = parseInputSubject(subject)
    if (address.kind !== 'tick' && address.kind !== 'command') return false
    const trader = parseTraderId(address.trader)
    return trader.ok && this.#parts.lanes.hasDecided(seq, trader.value)
  }

  #untilSettled(seq: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onSettled = () => {
        if (this.#settlement.settled >= seq) resolve()
      }
      this.#onSettled()
    })
  }

  #take(message: LogMessage): void {
    const read = readInput(message)
    if ('error' in read) this.#logFailure(message, read.error)
    switch (read.kind) {
      case 'trader':
        this.#takeTraderInput(read.trader, read.input, message)
        break
      case 'configuration':
        this.#changingSince = performance.now()
        this.#changeConfiguration(read.change, message).catch(this.#parts.failures.fail)
        break
      case 'reject':
        this.#reject(message, read.reason)
        break
      default:
        read satisfies never
    }
  }

  #takeTraderInput(trader: TraderId, input: TraderInput, message: LogMessage): void {
    const { configurations, lanes } = this.#parts
    const configuration = configurations.current
    const { maxTraders } = configuration
    // Only an event makes a trader: any other count would depend on how fast the inputs before were judged.
    const known = lanes.before(input.seq, trader)
    const first = known === null ? decide(trader, INITIAL_STATE, configuration, input) : null
    if (first?.kind === 'refused') {
      this.#logFailure(message, first.error)
      this.#reject(message, first.reason)
    } else if (first?.kind === 'nothing') {
      this.#begin(message.seq, 0)
    } else if (first?.kind === 'event' && lanes.wereFullBefore(input.seq, maxTraders)) {
      this.#reject(message, `there are ${maxTraders} traders already; raise max_traders to take more`)
    } else {
      const lane = known ?? lanes.of(trader, input.seq)
      lane.push(input, configuration, withoutBytes(input, message), this.#begin(message.seq, 1))
    }
  }

  async #changeConfiguration(change: FlagsChange | GlobalLimitsChange, message: LogMessage): Promise<void> {
    const { configurations } = this.#parts
    const before = configurations.current
    const outcome = await configurations.change(change, message)
    if (outcome.kind === 'stopping') return
    if (outcome.kind === 'refused') {
      this.#logFailure(message, outcome.error)
      this.#reject(message, outcome.reason)
    } else this.#changed(outcome.event, before, message)
    this.#changingSince = null
    this.#drain()
    this.#inputs?.lookAgain()
  }

  /** A change of flags concerns every trader that it may pause or resume: it is settled when each of them has decided it. */
  #changed(event: ConfigEvent, before: Configuration, message: LogMessage): void {
    const { lanes, wakeTimers, log } = this.#parts
    const { kind, inputSeq, by, onBehalfOf, reason } = event
    log.info({ kind, inputSeq, by, onBehalfOf, reason, ...traceField(message.traceparent) }, 'configuration changed')
    if (kind === 'limits') wakeTimers.planAll(lanes)
    const concerned = event.kind === 'flags' ? lanes.movedBy(event) : []
    const settling = this.#begin(message.seq, concerned.length)
    if (event.kind !== 'flags') return
    const input = { kind: 'flags', seq: message.seq, time: message.time, event } as const
    for (const lane of concerned) lane.push(input, before, message, settling)
  }

  #reject(message: LogMessage, reason: string): void {
    const { deadLetters, metrics, failures } = this.#parts
    metrics.rejects.inc()
    const settling = this.#begin(message.seq, 1)
    deadLetters
      .put(message, reason)
      .then((stored) => stored && settling.stored())
      .catch(failures.fail)
  }

  #logFailure(message: LogMessage, error: unknown): void {
    if (error !== undefined) logFailure(this.#parts, message, error)
  }

  #begin(seq: number, parts: number): Settling {
    return this.#settlement.begin(seq, parts, performance.now())
  }
}

/** Thousands of ticks may wait, of up to a megabyte each: what was read from them is enough. */
function withoutBytes(input: TraderInput, message: LogMessage): LogMessage {
  if (input.kind === 'control') return message
  const { subject, seq, time, traceparent } = message
  return { subject, seq, time, payload: NO_BYTES, traceparent }
}
