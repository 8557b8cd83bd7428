import {
  type ConfigEvent,
  encodeHeartbeat,
  HEARTBEAT_INTERVAL_MS,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import { nextWakeAt, type TraderInput } from '@drawbridge/risk-engine'
import type { Lifecycle, Logger } from '@drawbridge/service-kit'
import { type JetStreamManager, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Registry } from 'prom-client'
import { Configurations } from './configurations.ts'
import { Liveness } from './core/liveness.ts'
import { type LogMessage, readInput } from './core/read-input.ts'
import { Settlement } from './core/settlement.ts'
import { InputLog } from './inbound/input-log.ts'
import { followRiskLog, readConfigurations } from './inbound/read-risk-log.ts'
import { createMetrics, type GuardianMetrics } from './metrics.ts'
import { Publisher } from './outbound/publisher.ts'
import { Rejects } from './outbound/rejects.ts'
import { RiskLog } from './outbound/risk-log.ts'
import { type LaneServices, TraderLane } from './trader-lane.ts'
import { WakeTimers } from './wake-timers.ts'

/** Above so many unsettled inputs no more are read, until half of them are settled. */
const UNSETTLED_MAX = 8_192
/** Without an event to carry the settled watermark for so long, one of its own does. */
const SETTLED_EVENT_INPUTS = 10_000
const SETTLED_EVENT_MS = 3_600_000

export interface GuardianOptions {
  readonly connection: NatsConnection
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
  readonly #rejects: Rejects
  readonly #wakeTimers: WakeTimers
  readonly #metrics: GuardianMetrics
  #settlement = new Settlement(0)
  #inputs: InputLog | null = null
  /** Read, and waiting until a change of configuration before them is stored. */
  readonly #arrived: LogMessage[] = []
  #changing = false
  #read = 0
  #settledCarried = 0
  #settledCarriedAt = 0

  constructor(options: GuardianOptions) {
    const { connection, manager, name, lifecycle, registry, log } = options
    this.#options = options
    const client = jetstream(connection, { timeout: 5_000 })
    const publisher = new Publisher(connection)
    lifecycle.onStop('publisher', () => publisher.close())
    this.#riskLog = new RiskLog(publisher, manager, name, () => this.#carrySettled(), lifecycle.stopping, log)
    this.#rejects = new Rejects(client, lifecycle.stopping, log)
    this.#wakeTimers = new WakeTimers(client, lifecycle.stopping, log)
    lifecycle.onStop('wake timers', () => this.#wakeTimers.stop())
    this.#metrics = createMetrics(registry, () => ({ settled: this.settled, unsettled: this.#settlement.open }))
    this.#laneServices = {
      riskLog: this.#riskLog,
      rejects: this.#rejects,
      metrics: this.#metrics,
      stopping: lifecycle.stopping,
      log,
      onIdle: (lane, time) => this.#onIdle(lane, time),
      onError: (error) => this.#fail(error),
    }
  }

  /** Every input up to this stream sequence is decided and stored. */
  get settled(): number {
    return this.#settlement.settled
  }

  /** Restores what the risk log knows and goes on from there: first start, restart and takeover are the same. */
  async start(): Promise<void> {
    const { connection, manager, name, lifecycle, log } = this.#options
    let settled = 0
    for (const event of await readConfigurations(connection)) this.#configurations.apply(event, 0)
    const listener = {
      onTraderEvent: (event: Parameters<TraderLane['apply']>[0], seq: number) =>
        this.#lane(event.trader).apply(event, seq),
      onConfigSeq: (subject: string, seq: number) => this.#configurations.setLastSeq(subject, seq),
      onConfigEvent: (event: ConfigEvent) => this.#configurations.apply(event, this.#read),
      onSettled: (carried: number) => {
        settled = Math.max(settled, carried)
      },
    }
    const follower = await followRiskLog(connection, name, listener, (error) => this.#fail(error))
    lifecycle.onStop('risk log', () => follower.stop())
    const { first_seq: firstSeq, last_seq: lastSeq } = (await manager.streams.info(streams.inputs)).state
    if (lastSeq < settled) {
      throw new Error(
        `INPUTS ends at ${lastSeq}, but RISK is settled up to ${settled}: INPUTS was recreated. ` +
          'Restore INPUTS from a backup, or begin anew with both streams',
      )
    }
    if (firstSeq > settled + 1) {
      this.#metrics.inputsLost.inc(firstSeq - settled - 1)
      log.error({ from: settled + 1, to: firstSeq - 1 }, 'inputs left the input log before a guardian read them')
    }
    this.#begin(Math.max(settled, firstSeq - 1))
    for (const lane of this.#lanes.values()) this.#wakeTimers.arm(lane.trader, wakeIn(lane, Date.now()))
    const inputs = new InputLog(
      connection,
      this.#read + 1,
      (message) => this.#onMessage(message),
      (error) => this.#fail(error),
    )
    this.#inputs = inputs
    lifecycle.onStop('inputs', () => inputs.pause())
    inputs.resume()
    this.#sendHeartbeats(lastSeq)
    log.info({ traders: this.#lanes.size, settled, behind: lastSeq - settled }, 'judging')
  }

  #begin(settled: number): void {
    this.#settlement = new Settlement(settled)
    this.#settledCarried = settled
    this.#settledCarriedAt = performance.now()
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
    const { maxTraders } = this.#configurations.current
    if (!this.#lanes.has(trader) && this.#lanes.size >= maxTraders) {
      this.#reject(message, `there are ${maxTraders} traders already; raise max_traders to take more`)
    } else {
      const settle = this.#settler(message.seq, 1)
      this.#lane(trader).push({ input, configuration: this.#configurations.current, message, settle })
    }
  }

  async #changeConfiguration(change: Parameters<Configurations['change']>[0], message: LogMessage): Promise<void> {
    const { lifecycle, log } = this.#options
    const before = this.#configurations.current
    const event = await this.#configurations.change(change, message, this.#riskLog, lifecycle.stopping)
    if (event === null) return
    log.info(
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
    this.#changing = false
    this.#drain()
    this.#readOn()
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

  #onIdle(lane: TraderLane, time: number): void {
    // A name that made no event, such as one of a refused command, is not a trader.
    if (lane.state.version === 0) this.#lanes.delete(lane.trader)
    this.#wakeTimers.arm(lane.trader, wakeIn(lane, time))
  }

  #carrySettled(): number {
    this.#settledCarried = this.settled
    this.#settledCarriedAt = performance.now()
    return this.settled
  }

  #sendHeartbeats(lastSeqAtStart: number): void {
    const { lifecycle, leaseMs } = this.#options
    const liveness = new Liveness(leaseMs / 2, lastSeqAtStart)
    let busy = false
    const beat = setInterval(() => {
      if (busy) return
      busy = true
      this.#beat(liveness)
        .catch((error: Error) => this.#options.log.warn({ err: error }, 'no heartbeat: INPUTS cannot be asked'))
        .finally(() => {
          busy = false
        })
    }, HEARTBEAT_INTERVAL_MS)
    lifecycle.onStop('heartbeats', () => clearInterval(beat))
  }

  async #beat(liveness: Liveness): Promise<void> {
    const { connection, manager, name, lifecycle } = this.#options
    const { last_seq: lastSeq } = (await manager.streams.info(streams.inputs)).state
    if (lifecycle.stopping.aborted) return
    const { settled } = this
    if (liveness.keepsUp(lastSeq, settled, performance.now()) && !this.#riskLog.full) {
      connection.publish(
        subjects.heartbeat,
        encodeHeartbeat({ instance: name, settled, lag: Math.max(0, lastSeq - settled) }),
      )
    }
    await this.#writeSettled(settled)
  }

  /** Lets the log know how far all is settled, where no event has carried it for long. */
  async #writeSettled(settled: number): Promise<void> {
    const uncarried = settled - this.#settledCarried
    const old = performance.now() - this.#settledCarriedAt >= SETTLED_EVENT_MS
    if (uncarried < SETTLED_EVENT_INPUTS && !(uncarried > 0 && old)) return
    const subject = subjects.config('settled')
    const outcome = await this.#riskLog.appendSettled(settled, this.#configurations.lastSeq(subject))
    const seq = outcome.kind === 'stored' ? outcome.seq : ((await this.#riskLog.last(subject))?.seq ?? 0)
    this.#configurations.setLastSeq(subject, seq)
  }

  #fail(error: Error): void {
    if (!this.#options.lifecycle.stopping.aborted) this.#options.lifecycle.fail(error)
  }
}

/** Milliseconds from `now` until the trader must be woken; null: it needs not. */
function wakeIn(lane: TraderLane, now: number): number | null {
  const wakeAt = nextWakeAt(lane.state)
  return wakeAt === null ? null : wakeAt - now
}
