import {
  type ConfigEvent,
  type RiskEvent,
  type SettledEvent,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import {
  type Configuration,
  decide,
  INITIAL_STATE,
  limitsOf,
  nextWakeAt,
  type TraderInput,
} from '@drawbridge/risk-engine'
import { type Lifecycle, type Logger, Rejects } from '@drawbridge/service-kit'
import { type JetStreamManager, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Registry } from 'prom-client'
import { Configurations } from './configurations.ts'
import { type LogMessage, readInput } from './core/read-input.ts'
import { Settlement } from './core/settlement.ts'
import { InputLog } from './inbound/input-log.ts'
import { InputWatch } from './inbound/input-watch.ts'
import { followRiskLog, readConfigurations } from './inbound/read-risk-log.ts'
import { createMetrics, type GuardianMetrics } from './metrics.ts'
import { startHeartbeats } from './outbound/heartbeats.ts'
import { InputRejects } from './outbound/input-rejects.ts'
import { Publisher } from './outbound/publisher.ts'
import { RiskLog } from './outbound/risk-log.ts'
import { SettledMark } from './outbound/settled-mark.ts'
import { type LaneServices, TraderLane } from './trader-lane.ts'
import { WakeTimers } from './wake-timers.ts'

/** Above so many unsettled inputs no more are read, until half of them are settled. */
const UNSETTLED_MAX = 8_192
const NO_BYTES = new Uint8Array()

export interface GuardianOptions {
  readonly connection: NatsConnection
  /** A question that is lost with a connection holds up what asked it until its timeout; so that is to be short. */
  readonly manager: JetStreamManager
  /** Names this process in the log and in heartbeats. */
  readonly name: string
  /** The lease of the gates, milliseconds; no heartbeat is sent while an input is undecided for half of it. */
  readonly leaseMs: number
  readonly lifecycle: Lifecycle
  readonly registry: Registry
  readonly log: Logger
}

/** INPUTS through the rules into RISK: one event an input, decided in the order of the input log. */
export class Guardian {
  readonly #options: GuardianOptions
  readonly #configurations = new Configurations()
  readonly #lanes = new Map<TraderId, TraderLane>()
  readonly #laneServices: LaneServices
  readonly #riskLog: RiskLog
  readonly #rejects: InputRejects
  readonly #settledMark: SettledMark
  readonly #wakeTimers: WakeTimers
  readonly #inputWatch: InputWatch
  readonly #metrics: GuardianMetrics
  #settlement = new Settlement(0)
  #inputs: InputLog | null = null
  /** Read, and waiting until a change of configuration before them is stored. */
  readonly #arrived: LogMessage[] = []
  #changing = false
  #read = 0

  constructor(options: GuardianOptions) {
    const { connection, manager, name, lifecycle, registry, log } = options
    this.#options = options
    const client = jetstream(connection, { timeout: 5_000 })
    const publisher = new Publisher(connection)
    lifecycle.onStop('publisher', () => publisher.close())
    this.#riskLog = new RiskLog(publisher, manager, name, () => this.#carrySettled(), lifecycle.stopping, log)
    this.#settledMark = new SettledMark(this.#riskLog)
    this.#rejects = new InputRejects(new Rejects(connection, streams.inputs), lifecycle.stopping, log)
    this.#inputWatch = new InputWatch(manager)
    this.#wakeTimers = new WakeTimers(client, lifecycle.stopping, log)
    lifecycle.onStop('wake timers', () => this.#wakeTimers.stop())
    this.#metrics = createMetrics(registry, () => ({ settled: this.settled, unsettled: this.#settlement.open }))
    this.#laneServices = {
      riskLog: this.#riskLog,
      rejects: this.#rejects,
      metrics: this.#metrics,
      stopping: lifecycle.stopping,
      log,
      onIdle: (lane) => this.#wakeTimers.arm(lane.trader, this.#wakeIn(lane)),
      onError: (error) => this.#fail(error),
    }
  }

  /** Every input up to this stream sequence is decided and stored. */
  get settled(): number {
    return this.#settlement.settled
  }

  /** Restores what the risk log knows and goes on from there: first start, restart and takeover are the same. */
  async start(): Promise<void> {
    const { connection, name, leaseMs, lifecycle, log } = this.#options
    let settled = 0
    let judged = 0
    const listener = {
      onTraderEvent: (event: RiskEvent, seq: number) => {
        judged = Math.max(judged, event.state.inputSeq)
        this.#lane(event.trader).apply(event, seq)
      },
      onConfigEvent: (event: ConfigEvent, seq: number) => {
        this.#configurations.setLastSeq(subjects.config(event.kind), seq)
        // While an input changes the configuration, what the log says of this input is still ahead.
        this.#configurations.apply(event, this.#changing ? this.#read - 1 : this.#read)
      },
      onSettledEvent: (event: SettledEvent, seq: number) => {
        this.#settledMark.isAt(seq)
        this.#inputWatch.expect(event.inputsCreated)
      },
      onSettled: (carried: number) => {
        settled = Math.max(settled, carried)
        this.#settledMark.isCarried(carried)
      },
    }
    const follower = await followRiskLog(connection, name, listener, (error) => this.#fail(error))
    lifecycle.onStop('risk log', () => follower.stop())
    const known = this.#inputWatch.created !== null
    const { first_seq: firstSeq, last_seq: lastSeq } = await this.#inputWatch.look(Math.max(settled, judged))
    if (!known) await this.#settledMark.write(settled, this.#inputWatch.created ?? '')
    if (firstSeq > settled + 1) {
      this.#metrics.inputsLost.inc(firstSeq - settled - 1)
      log.error({ from: settled + 1, to: firstSeq - 1 }, 'inputs left the input log before a guardian read them')
    }
    await this.#begin(Math.max(settled, firstSeq - 1))
    for (const lane of this.#lanes.values()) this.#wakeTimers.arm(lane.trader, this.#wakeIn(lane))
    const inputs = new InputLog(
      connection,
      this.#read + 1,
      (message) => this.#onMessage(message),
      (error) => this.#fail(error),
    )
    this.#inputs = inputs
    lifecycle.onStop('inputs', () => inputs.pause())
    inputs.resume()
    const stopHeartbeats = startHeartbeats({
      connection,
      inputs: this.#inputWatch,
      name,
      leaseMs,
      lastSeqAtStart: lastSeq,
      settled: () => this.settled,
      full: () => this.#riskLog.full,
      stopping: lifecycle.stopping,
      log,
      onBeat: (settledThen) => this.#settledMark.writeIfDue(settledThen, this.#inputWatch.created ?? ''),
      onError: (error) => this.#fail(error),
    })
    lifecycle.onStop('heartbeats', stopHeartbeats)
    log.info({ traders: this.#lanes.size, settled, behind: lastSeq - settled }, 'judging')
  }

  /**
   * The configurations are read only now: what was stored since the risk log is followed is known from there, and
   * what was stored before from here, so none is missed.
   */
  async #begin(settled: number): Promise<void> {
    this.#settlement = new Settlement(settled)
    this.#settledMark.isCarried(settled)
    await readConfigurations(this.#options.connection, (event) => this.#configurations.apply(event, settled))
    this.#configurations.advance(settled)
    this.#read = settled
  }

  #onMessage(message: LogMessage): void {
    this.#arrived.push(message)
    if (this.#arrived.length + this.#settlement.open >= UNSETTLED_MAX) this.#inputs?.pause()
    this.#drain()
  }

  #drain(): void {
    while (!this.#changing) {
      const message = this.#arrived.shift()
      if (message === undefined) return
      this.#read = message.seq
      this.#takeInput(message)
    }
  }

  #takeInput(message: LogMessage): void {
    const read = readInput(message)
    switch (read.kind) {
      case 'trader':
        this.#takeTraderInput(read.trader, read.input, message)
        break
      case 'configuration':
        this.#changing = true
        this.#changeConfiguration(read.change, message).catch((error: Error) => this.#fail(error))
        break
      case 'reject':
        this.#reject(message, read.reason)
        break
      default:
        read satisfies never
    }
  }

  #takeTraderInput(trader: TraderId, input: TraderInput, message: LogMessage): void {
    const configuration = this.#configurations.current
    const { maxTraders } = configuration
    // Only an event makes a trader: who else counts would depend on how fast the inputs before were judged.
    const first = this.#lanes.has(trader) ? null : decide(trader, INITIAL_STATE, configuration, input)
    if (first?.kind === 'refused') {
      this.#reject(message, first.reason)
    } else if (first?.kind === 'nothing') {
      this.#settler(message.seq, 1)()
    } else if (first?.kind === 'event' && this.#lanes.size >= maxTraders) {
      this.#reject(message, `there are ${maxTraders} traders already; raise max_traders to take more`)
    } else {
      // Thousands of ticks may wait, each of up to a megabyte: what has been read of them is enough.
      const kept = input.kind === 'control' ? message : { ...message, payload: NO_BYTES }
      this.#lane(trader).push({ input, configuration, message: kept, settle: this.#settler(message.seq, 1) })
    }
  }

  async #changeConfiguration(change: Parameters<Configurations['change']>[0], message: LogMessage): Promise<void> {
    const { lifecycle } = this.#options
    const before = this.#configurations.current
    const outcome = await this.#configurations.change(change, message, this.#riskLog, lifecycle.stopping)
    if (outcome.kind === 'stopping') return
    if (outcome.kind === 'refused') this.#reject(message, outcome.reason)
    else this.#changed(outcome.event, before, message)
    this.#changing = false
    this.#drain()
    this.#readOn()
  }

  #changed(event: ConfigEvent, before: Configuration, message: LogMessage): void {
    this.#options.log.info(
      { kind: event.kind, inputSeq: event.inputSeq, by: event.by, reason: event.reason },
      'configuration changed',
    )
    const concerned = event.kind === 'flags' ? this.#lanesThatMayHold() : []
    const settle = this.#settler(message.seq, concerned.length)
    for (const lane of concerned) {
      const enforced = event.kind === 'flags' && event.enforcement
      lane.push({
        input: { kind: 'enforcement', seq: message.seq, time: message.time, enforced },
        configuration: before,
        message,
        settle,
      })
    }
  }

  /** Traders that are paused, or may be once their waiting inputs are decided. */
  #lanesThatMayHold(): TraderLane[] {
    return [...this.#lanes.values()].filter((lane) => lane.busy || lane.state.pause !== null)
  }

  #reject(message: LogMessage, reason: string): void {
    this.#metrics.rejects.inc()
    const settle = this.#settler(message.seq, 1)
    this.#rejects
      .put(message, reason)
      .then((stored) => stored && settle())
      .catch((error: Error) => this.#fail(error))
  }

  #settler(seq: number, parts: number): () => void {
    const settle = this.#settlement.begin(seq, parts)
    return () => {
      settle()
      this.#readOn()
    }
  }

  #readOn(): void {
    if (this.#options.lifecycle.stopping.aborted) return
    if (this.#arrived.length + this.#settlement.open <= UNSETTLED_MAX / 2) this.#inputs?.resume()
  }

  #lane(trader: TraderId): TraderLane {
    let lane = this.#lanes.get(trader)
    if (lane === undefined) {
      lane = new TraderLane(trader, this.#laneServices)
      this.#lanes.set(trader, lane)
    }
    return lane
  }

  /**
   * Milliseconds until the trader must be woken; null: it needs not. A trader that has been set to event time since
   * its last event is not woken by the clock any more.
   */
  #wakeIn({ trader, state }: TraderLane): number | null {
    const wakeAt = nextWakeAt(state)
    if (wakeAt === null || limitsOf(this.#configurations.current, trader, state.limits).timeBase === 'event')
      return null
    return wakeAt - this.#inputWatch.serverNow
  }

  #carrySettled(): number {
    this.#settledMark.isCarried(this.settled)
    return this.settled
  }

  #fail(error: Error): void {
    if (!this.#options.lifecycle.stopping.aborted) this.#options.lifecycle.fail(error)
  }
}
