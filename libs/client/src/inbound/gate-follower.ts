import { setTimeout as delay } from 'node:timers/promises'
import {
  decodeHeartbeat,
  type Heartbeat,
  type RiskEvent,
  riskLogDamage,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import {
  Backoff,
  ConnectionWatch,
  type Follower,
  isPushed,
  isStreamMissing,
  type Logger,
  type StreamMessage,
} from '@drawbridge/nats-kit'
import { type JetStreamManager, jetstreamManager, type StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { KnownVersions } from '../core/known-versions.ts'
import { DamagedRiskLogError } from '../damaged-risk-log.ts'
import type { Gate } from '../gate.ts'
import { OtherRiskLogError } from '../other-risk-log.ts'
import type { Telemetry } from '../telemetry.ts'
import { continues } from './continues.ts'
import { followDecisions } from './follow-decisions.ts'

const LOOK_EVERY_MS = 10_000
const ANSWER_WITHIN_MS = 2_000
const READ_WITHIN_MS = 10_000
/** The log is heard at least so often; what it held before is then known. */
const HEARD_EVERY_MS = 2_000

export interface GateFollowerOptions {
  readonly connection: NatsConnection
  readonly gates: ReadonlyMap<TraderId, Gate>
  readonly leaseMs: number
  /** How often it looks whether the log is still the same one, milliseconds; {@link LOOK_EVERY_MS} if not given. */
  readonly lookEveryMs?: number
  readonly log: Logger
  /** Called with each decision that is newer than what its gate knew, when the gate has taken it over. */
  readonly onDecision?: (event: RiskEvent) => void
  /** None if not given. */
  readonly telemetry?: Telemetry | null
  /** Called once if the gates can not be kept up to date any more; they are closed for good then. */
  readonly onFailed: (error: Error) => void
}

/**
 * Keeps gates up to date with decisions and with the guardians' signs of life.
 *
 * After a reconnect, and after a silence as long as the lease, decisions may have been missed, and a consumer may take
 * long to notice. So the newest decisions are read anew before a heartbeat counts again: no gate opens by what was true
 * before.
 *
 * Where the log is another one than before, the gates are closed until that one says that it continues the one they know:
 * an operator has adopted it. Then they begin anew by it, and open by heartbeats of guardians that go by it too.
 *
 * Where messages of the log are missing, or it says another thing of a trader than before, the gates are closed until it
 * is mended: the guardians see the holes too, but a log that was restored from an older copy looks whole to one that starts.
 */
export class GateFollower {
  readonly #options: GateFollowerOptions
  readonly #watch: ConnectionWatch
  readonly #stopping = new AbortController()
  readonly #firstRead = Promise.withResolvers<void>()
  #manager: JetStreamManager | null = null
  /** Creation time of the stream that is followed. */
  #created: string | null = null
  /** Whether the stream took the place of another: then only heartbeats that name it count. */
  #isAdopted = false
  #follower: Follower | null = null
  #reading = 0
  #current = false
  #looking = false
  /** Why the log that is there is not gone by; null: it is. */
  #refused: string | null = null
  #heardAt = 0
  readonly #versions = new KnownVersions()
  /** The last message that was heard of the stream that is followed. */
  #knownSeq = 0

  constructor(options: GateFollowerOptions) {
    this.#options = options
    this.#firstRead.promise.catch(() => undefined)
    this.#watch = ConnectionWatch.of(options.connection)
    this.#watch.onReconnect(() => this.#readAnew())
  }

  /** Why NATS is away; null: it is not. */
  get away(): string | null {
    return this.#watch.away
  }

  /** Whether the newest decisions are known. */
  get current(): boolean {
    return this.#current && this.#watch.away === null
  }

  /** Returns when the newest decisions are known. @throws when they cannot be followed, or it is stopped before */
  async start(): Promise<void> {
    const { connection, lookEveryMs = LOOK_EVERY_MS } = this.#options
    this.#manager = await jetstreamManager(connection, { timeout: ANSWER_WITHIN_MS, checkAPI: false })
    connection.subscribe(subjects.heartbeat, {
      callback: (_error, message) => {
        if (isPushed(message)) return
        const heartbeat = decodeHeartbeat(message.data)
        if (heartbeat.ok) this.#onHeartbeat(heartbeat.value, performance.now())
      },
    })
    const look = setInterval(() => void this.#look(), lookEveryMs)
    this.#stopping.signal.addEventListener('abort', () => clearInterval(look))
    this.#readAnew()
    await this.#firstRead.promise
  }

  /** Closes the gates for good. Safe to repeat. */
  stop(): void {
    this.#end('this trader has stopped')
    this.#firstRead.reject(new Error('stopped before the decisions were read'))
  }

  #onHeartbeat({ log }: Heartbeat, now: number): void {
    if (log === undefined ? this.#isAdopted : log !== this.#created) {
      void this.#look()
      return
    }
    const wasSilent = now - this.#heardAt > this.#options.leaseMs
    this.#heardAt = now
    if (!this.current) return
    if (wasSilent) this.#readAnew()
    else
      for (const gate of this.#options.gates.values()) gate.heartbeat(Math.min(now, this.#logHeardAt + HEARD_EVERY_MS))
  }

  /** A guardian's sign of life says nothing of decisions that do not come. */
  get #logHeardAt(): number {
    return this.#follower?.heardAt ?? Number.NEGATIVE_INFINITY
  }

  #readAnew(): void {
    if (this.#manager === null || this.#stopping.signal.aborted) return
    this.#current = false
    this.#reading += 1
    this.#read(this.#reading).catch((error: Error) => this.#fail(error))
  }

  /** Reads until it succeeds, or another reading takes its place. */
  async #read(reading: number): Promise<void> {
    const { log } = this.#options
    const backoff = new Backoff(100, 2_000)
    const { signal } = this.#stopping
    while (reading === this.#reading && !signal.aborted) {
      this.#follower?.stop()
      try {
        const knownSeq = this.#knownSeq
        const found = await this.#streamNow()
        await this.#checkKnown(found.created)
        this.#checkWhole(found, knownSeq)
        if (reading !== this.#reading || signal.aborted) return
        this.#goBy(found.created)
        this.#versions.begin()
        const follower = await this.#follow()
        if (reading !== this.#reading || signal.aborted) return follower.stop()
        this.#follower = follower
        await withDeadline(follower.caughtUp, signal)
        const damage = this.#versions.damage()
        if (damage !== null) throw new DamagedRiskLogError(damage)
        if (reading === this.#reading) this.#nowCurrent()
        return
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof OtherRiskLogError || error instanceof DamagedRiskLogError) this.#refuse(error)
        else log.warn({ err: error }, 'the newest decisions cannot be read; trying again')
        await backoff.wait(signal)
      }
    }
  }

  #follow(): Promise<Follower> {
    const { connection, gates } = this.#options
    const onEvent = (event: RiskEvent, message: StreamMessage) => this.#hear(event, message)
    return followDecisions(connection, gates.keys(), 'newest', onEvent, (error) => this.#fail(error))
  }

  #hear(event: RiskEvent, message: StreamMessage): void {
    const { gates, telemetry, onDecision } = this.#options
    this.#knownSeq = Math.max(this.#knownSeq, message.seq)
    this.#versions.hear(event)
    const gate = gates.get(event.trader)
    if (gate === undefined) return
    const { version, isAllowedByEvent } = gate
    gate.apply(event)
    if (gate.version === version) return
    // What is read again at the start, or after a silence, says nothing of how long decisions take.
    if (this.#current) telemetry?.decided(event, message, gate.isAllowedByEvent !== isAllowedByEvent)
    onDecision?.(event)
  }

  #nowCurrent(): void {
    this.#current = true
    this.#refused = null
    this.#heardAt = performance.now()
    for (const gate of this.#options.gates.values()) gate.caughtUp()
    this.#firstRead.resolve()
  }

  /** Looks whether the log is still the one that is followed, also while the connection holds. */
  async #look(): Promise<void> {
    // A reading that is under way looks for itself.
    if (!this.current || this.#looking) return
    this.#looking = true
    try {
      const knownSeq = this.#knownSeq
      const found = await this.#streamNow()
      if (found.created !== this.#created || riskLogDamage(found, knownSeq) !== null) this.#readAnew()
    } catch (error) {
      // No answer closes nothing: the lease does, if it lasts.
      if (isStreamMissing(error)) this.#readAnew()
    } finally {
      this.#looking = false
    }
  }

  /** @throws OtherRiskLogError where the log of that creation time is another one than ours and does not continue it */
  async #checkKnown(created: string): Promise<void> {
    const known = this.#created ?? created
    if (created === known || this.#manager === null) return
    if (!(await continues(this.#manager, known))) throw new OtherRiskLogError(known, created)
  }

  /** @throws DamagedRiskLogError where messages are missing; `knownSeq` is of the log that was followed */
  #checkWhole(found: StreamInfo, knownSeq: number): void {
    const damage = riskLogDamage(found, found.created === this.#created ? knownSeq : 0)
    if (damage !== null) throw new DamagedRiskLogError(damage)
  }

  #goBy(created: string): void {
    const before = this.#created
    this.#created = created
    if (before === null || before === created) return
    this.#knownSeq = 0
    this.#versions.forget()
    this.#options.log.warn({ from: before, to: created }, 'going by another risk log, which was adopted')
    this.#isAdopted = true
    for (const gate of this.#options.gates.values()) gate.beginAnew()
  }

  /** The log that is there now. @throws what NATS refuses */
  async #streamNow(): Promise<StreamInfo> {
    try {
      if (this.#manager === null) throw new Error('not started')
      return await this.#manager.streams.info(streams.risk)
    } catch (error) {
      if (isStreamMissing(error)) this.#close(`stream ${streams.risk} does not exist`)
      throw error
    }
  }

  /** Said once, and closed until the log is adopted, mended, or is the one that is known. */
  #refuse(error: OtherRiskLogError | DamagedRiskLogError): void {
    this.#close(error.message)
    if (error.message === this.#refused) return
    this.#refused = error.message
    this.#options.log.error({ err: error }, 'the gates are closed')
  }

  #fail(error: Error): void {
    if (this.#stopping.signal.aborted) return
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
    this.#end(`${error.message}${cause}`)
    this.#firstRead.reject(error)
    this.#options.onFailed(error)
  }

  #end(reason: string): void {
    if (this.#stopping.signal.aborted) return
    this.#stopping.abort()
    this.#follower?.stop()
    this.#close(reason)
  }

  #close(reason: string): void {
    this.#current = false
    for (const gate of this.#options.gates.values()) gate.lost(reason)
  }
}

/** A consumer that breaks while it catches up may never tell. */
async function withDeadline(caughtUp: Promise<void>, stopping: AbortSignal): Promise<void> {
  const over = new AbortController()
  const late = delay(READ_WITHIN_MS, null, { signal: AbortSignal.any([over.signal, stopping]) }).then(() => {
    throw new Error(`the newest decisions did not come within ${READ_WITHIN_MS / 1000} s`)
  })
  try {
    await Promise.race([caughtUp, late])
  } finally {
    over.abort()
    late.catch(() => undefined)
  }
}
