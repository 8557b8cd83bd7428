import { setTimeout as delay } from 'node:timers/promises'
import {
  decodeHeartbeat,
  type Heartbeat,
  headerNames,
  type RiskEvent,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import {
  Backoff,
  ConnectionWatch,
  isPushed,
  isStreamMissing,
  type Logger,
  type NewestAnswer,
  rawHeader,
  type StoredEvent,
  storedEventOf,
} from '@drawbridge/nats'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import type { Gate } from '../gate.ts'
import { DamagedRiskLogError, OtherRiskLogError } from '../risk-log-errors.ts'
import type { Telemetry } from '../telemetry.ts'
import { type Applied, FollowedGate, type KnownDecision, versionDamage } from './followed-gate.ts'
import { LogSight } from './log-sight.ts'
import { decodedEvent, MissedDecisions, NewestReader, UnreadableEventError } from './newest-decisions.ts'

const LOOK_EVERY_MAX_MS = 5_000
/** How often the stream itself is looked at: whether it is the same one, and whole. */
const LOOK_AT_STREAM_EVERY_MS = 10_000
/** Spreads the questions of bots that lost the same server. */
const RECONNECT_SPREAD_MS = 1_000
/** How many times per interval of a gate it is checked which gates are due. */
const LOOKS = 4
/** The log must be heard at least this often; everything it held before is then known. */
const HEARD_EVERY_MS = 2_000

export interface GateFollowerOptions {
  readonly connection: NatsConnection
  readonly gates: ReadonlyMap<TraderId, Gate>
  readonly leaseMs: number
  /**
   * After this time without a decision, the newest ones are read again, milliseconds; half of the lease, and at most
   * {@link LOOK_EVERY_MAX_MS}, if not given. It is also the interval of checks of the stream; then
   * {@link LOOK_AT_STREAM_EVERY_MS} if not given.
   */
  readonly lookEveryMs?: number
  readonly log: Logger
  /**
   * Called with each decision that is newer than its gate, when the gate has applied it; if some were missed, with the
   * newest of each type.
   */
  readonly onDecision?: (event: RiskEvent) => void
  /** None if not given. */
  readonly telemetry?: Telemetry | null
  /** Called once if the gates can no longer be kept up to date; they are then closed for good. */
  readonly onFailed: (error: Error) => void
}

/**
 * Keeps gates up to date with decisions and with the guardians' heartbeats, without a consumer: it hears what the risk
 * log republishes, and asks a guardian for the newest event of each trader: at the start, after a reconnect, after a
 * silence as long as the lease, where versions leave one out, and where no decision has been heard for a while. What is
 * heard counts from before the first question on, so nothing lies between the two.
 *
 * A heartbeat counts again when the newest event is known: no gate opens by an outdated state.
 *
 * If the log is replaced by another one, the gates are closed until that one says that it continues the known one, because
 * an operator has adopted it. Then they forget their state, and open by heartbeats of guardians that use the new log.
 *
 * If messages of the log are missing, or it contradicts what it said of a trader before, the gates are closed until it is
 * repaired. Guardians find gaps, too, but to a guardian that starts, a log restored from an older copy looks complete.
 * Only users who may ask for the state of the stream can see gaps; for the others, heartbeats stop.
 */
export class GateFollower {
  readonly #options: GateFollowerOptions
  readonly #watch: ConnectionWatch
  readonly #reader: NewestReader
  readonly #sight: LogSight
  readonly #followed = new Map<TraderId, FollowedGate>()
  readonly #listeners = new Map<TraderId, MissedDecisions>()
  readonly #subscriptions: Subscription[] = []
  readonly #stopping = new AbortController()
  readonly #firstRead = Promise.withResolvers<void>()
  /** Creation time of the log in use. */
  #created: string | null = null
  /** Whether the log took the place of another: then only heartbeats that name it count. */
  #isAdopted = false
  #started = false
  #round = 0
  #current = false
  #looking = false
  /** Traders whose newest event is being asked for beside a round. */
  readonly #asking = new Set<TraderId>()
  /** Why the present log is not used; null: it is. */
  #refused: string | null = null
  #heartbeatAt = 0
  /** When a decision was last heard, of `performance.now()`: until then, decisions are known to arrive ... */
  #heardAt = Number.NEGATIVE_INFINITY
  /** ... from this moment on: before it nothing was heard for so long that decisions may have been missed. */
  #heardSince = Number.NEGATIVE_INFINITY

  constructor(options: GateFollowerOptions) {
    const { connection, gates, onDecision, log } = options
    this.#options = options
    this.#reader = new NewestReader(connection)
    this.#sight = new LogSight(connection)
    for (const [trader, gate] of gates) {
      this.#followed.set(trader, new FollowedGate(gate))
      if (onDecision !== undefined) {
        this.#listeners.set(trader, new MissedDecisions(trader, this.#reader, onDecision, log))
      }
    }
    this.#firstRead.promise.catch(() => undefined)
    this.#watch = ConnectionWatch.of(connection)
    this.#watch.onReconnect(() => this.#readAll(Math.random() * RECONNECT_SPREAD_MS))
  }

  /** Why NATS is unavailable; null: it is available. */
  get away(): string | null {
    return this.#watch.away
  }

  /** Whether the newest decisions are known. */
  get current(): boolean {
    return this.#current && this.#watch.away === null
  }

  /** Returns when the newest decisions are known. @throws when they cannot be followed, or it is stopped before */
  async start(): Promise<void> {
    const { connection, gates, lookEveryMs = LOOK_AT_STREAM_EVERY_MS } = this.#options
    this.#started = true
    this.#heartbeatAt = performance.now()
    for (const trader of gates.keys()) {
      const callback = (error: Error | null, message: Msg) => {
        if (error === null) this.#hear(trader, message)
      }
      this.#subscriptions.push(connection.subscribe(subjects.traderLog(trader), { callback }))
    }
    const onHeartbeat = (error: Error | null, message: Msg) => {
      if (error !== null || isPushed(message)) return
      const heartbeat = decodeHeartbeat(message.data)
      if (heartbeat.ok) this.#onHeartbeat(heartbeat.value, performance.now())
    }
    this.#subscriptions.push(connection.subscribe(subjects.heartbeat, { callback: onHeartbeat }))
    const look = setInterval(() => this.#lookWhereSilent(), this.#lookEveryMs / LOOKS)
    const lookAtStream = setInterval(() => void this.#lookAtStream(), lookEveryMs)
    this.#stopping.signal.addEventListener('abort', () => {
      clearInterval(look)
      clearInterval(lookAtStream)
    })
    this.#readAll(0)
    await this.#firstRead.promise
  }

  /** Closes the gates for good. Safe to repeat. */
  stop(): void {
    this.#end('this trader has stopped')
    this.#firstRead.reject(new Error('stopped before the decisions were read'))
  }

  get #lookEveryMs(): number {
    const { lookEveryMs, leaseMs } = this.#options
    return lookEveryMs ?? Math.min(LOOK_EVERY_MAX_MS, leaseMs / 2)
  }

  #onHeartbeat({ log }: Heartbeat, now: number): void {
    if (log === undefined ? this.#isAdopted : log !== this.#created) {
      void this.#lookAtLog()
      return
    }
    const wasSilent = now - this.#heartbeatAt > this.#options.leaseMs
    this.#heartbeatAt = now
    if (this.#watch.away !== null) return
    if (wasSilent) {
      this.#readAll(0)
      return
    }
    for (const followed of this.#followed.values()) {
      // A heartbeat does not show whether decisions arrive.
      const logHeardAt = this.#mayHaveMissed(followed) ? followed.readAt : Math.max(this.#heardAt, followed.readAt)
      if (followed.isReadIn(this.#round)) followed.gate.heartbeat(Math.min(now, logHeardAt + HEARD_EVERY_MS), now)
    }
  }

  /** Whether decisions may have been missed since its newest event was read. */
  #mayHaveMissed({ readAt }: FollowedGate): boolean {
    return readAt < this.#heardSince
  }

  /** A decision as the log republishes it. */
  #hear(trader: TraderId, message: Msg): void {
    const followed = this.#followed.get(trader)
    const stored = rawHeader(message, headerNames.streamName) === streams.risk ? storedEventOf(message) : null
    if (stored === null || followed === undefined || this.#stopping.signal.aborted) return
    const now = performance.now()
    if (now - this.#heardAt > this.#lookEveryMs) this.#heardSince = now
    this.#heardAt = now
    try {
      this.#take(followed, stored, message)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  /** @throws where the event cannot be read */
  #take(followed: FollowedGate, stored: StoredEvent, message: Msg): void {
    const event = decodedEvent(stored, followed.trader)
    const applied = this.#apply(followed, event, stored.seq)
    // Reading the newest events shows what is wrong.
    if (applied.kind === 'other-log') this.#readAll(0)
    if (applied.kind !== 'newer' || !followed.isReadIn(this.#round)) return
    const header = (name: string) => rawHeader(message, name)
    this.#options.telemetry?.decided(event, { ...stored, header }, applied.isChange)
    if (applied.missed) void this.#readAgain(followed)
  }

  #apply(followed: FollowedGate, event: RiskEvent, seq: number): Applied {
    this.#sight.knows(seq)
    const applied = followed.apply(event, seq)
    if (applied.kind === 'newer') this.#listeners.get(followed.trader)?.take(event)
    return applied
  }

  /** Begins a round in which the newest event of each trader is read. */
  #readAll(afterMs: number): void {
    if (!this.#started || this.#stopping.signal.aborted) return
    this.#current = false
    this.#round += 1
    this.#readRound(this.#round, afterMs).catch((error: Error) => this.#fail(error))
  }

  #isOver(round: number): boolean {
    return round !== this.#round || this.#stopping.signal.aborted || this.#options.connection.isClosed()
  }

  /** Reads until it succeeds, or another round takes its place. */
  async #readRound(begun: number, afterMs: number): Promise<void> {
    const { log } = this.#options
    const { signal } = this.#stopping
    const backoff = new Backoff(100, 2_000)
    let round = begun
    if (afterMs > 0) await delay(afterMs, undefined, { signal }).catch(() => undefined)
    while (!this.#isOver(round)) {
      try {
        await this.#readOnce(round)
        if (!this.#isOver(round)) this.#nowCurrent()
        return
      } catch (error) {
        if (error instanceof UnreadableEventError) throw error
        if (this.#isOver(round)) return
        // Answers that are still on their way no longer count.
        this.#round += 1
        round = this.#round
        if (isRefusal(error)) this.#refuse(error)
        else log.warn({ err: error }, 'the newest decisions cannot be read; trying again')
        await backoff.wait(signal)
      }
    }
  }

  /** Asks for the first gate alone which log it is, and whether anybody answers. @throws if the log must not be used */
  async #readOnce(round: number): Promise<void> {
    const [first, ...others] = this.#followed.values()
    if (first === undefined) return
    const asked = askedOf(first)
    const [seen, answer] = await Promise.allSettled([this.#look(), this.#reader.read(first.trader)])
    if (this.#isOver(round)) return
    if (seen.status === 'rejected') throw seen.reason
    const told = answer.status === 'fulfilled' ? answer.value.log.created : this.#created
    // Guardians that have not noticed a new log yet read from it; guardians that refuse it do not answer.
    if (seen.value !== null && told !== null && seen.value !== told) throw new OtherRiskLogError(told, seen.value)
    if (answer.status === 'rejected') throw answer.reason
    this.#goBy(answer.value)
    this.#known(first, answer.value, round, asked)
    await Promise.all(others.map((followed) => this.#readUntilAnswered(followed, round)))
  }

  /** @throws if asking again would not help */
  async #readUntilAnswered(followed: FollowedGate, round: number): Promise<void> {
    const backoff = new Backoff(100, 2_000)
    while (!this.#isOver(round)) {
      const asked = askedOf(followed)
      const answer = await this.#reader.read(followed.trader).catch(() => null)
      if (this.#isOver(round)) return
      if (answer !== null) return this.#known(followed, answer, round, asked)
      await backoff.wait(this.#stopping.signal)
    }
  }

  /** @throws where the answer is of another log, contradicts what was known when it was asked for, or cannot be read */
  #known(followed: FollowedGate, { log, newest }: NewestAnswer, round: number, asked: Asked): void {
    if (log.created !== this.#created) throw new OtherRiskLogError(this.#created ?? '', log.created)
    const { trader } = followed
    const event = newest === null ? null : decodedEvent(newest, trader)
    const damage = versionDamage(trader, asked.known, event?.state ?? null)
    if (damage !== null) throw new DamagedRiskLogError(damage)
    if (event !== null && newest !== null) {
      const known = followed.known?.version ?? 0
      const { kind } = this.#apply(followed, event, newest.seq)
      if (kind === 'other-log') {
        throw new DamagedRiskLogError({ kind: 'version', trader, version: event.state.version, known })
      }
    }
    if (this.#isOver(round)) return
    followed.isRead(round, asked.at)
  }

  /** If no decision is heard, nothing was decided, or decisions do not arrive. */
  #lookWhereSilent(): void {
    const now = performance.now()
    if (this.#watch.away !== null) return
    const isSilent = now - this.#heardAt >= this.#lookEveryMs
    for (const followed of this.#followed.values()) {
      const isDue = followed.isReadIn(this.#round) && now - followed.readAt >= this.#lookEveryMs
      if (isDue && (isSilent || !followed.isConfirmed || this.#mayHaveMissed(followed))) void this.#readAgain(followed)
    }
  }

  /** Reads the newest event; if nobody answers, the lease closes the gate. */
  async #readAgain(followed: FollowedGate): Promise<void> {
    const { trader } = followed
    if (this.#asking.has(trader)) return
    this.#asking.add(trader)
    const round = this.#round
    const asked = askedOf(followed)
    try {
      const answer = await this.#reader.read(trader).catch(() => null)
      if (answer !== null && !this.#isOver(round)) this.#known(followed, answer, round, asked)
    } catch (error) {
      if (isRefusal(error)) this.#readAll(0)
      else this.#fail(error as Error)
    } finally {
      this.#asking.delete(trader)
    }
  }

  #nowCurrent(): void {
    this.#current = true
    this.#refused = null
    this.#heartbeatAt = performance.now()
    this.#firstRead.resolve()
  }

  /** Checks whether the log is still the one in use. */
  async #lookAtLog(): Promise<void> {
    const [first] = this.#followed.values()
    // A running round checks that itself.
    if (first === undefined || !this.current || this.#looking) return
    this.#looking = true
    await this.#readAgain(first)
    this.#looking = false
  }

  /** Checks whether the stream is still the one in use, and complete, even if the connection was not lost. */
  async #lookAtStream(): Promise<void> {
    if (!this.current || this.#looking) return
    this.#looking = true
    try {
      const created = await this.#look()
      if (created !== null && created !== this.#created) this.#readAll(0)
    } catch (error) {
      // Without an answer nothing closes yet; if that lasts, the lease does it.
      if (isRefusal(error) || isStreamMissing(error)) this.#readAll(0)
    } finally {
      this.#looking = false
    }
  }

  /** @returns creation time of the present log; null if this user may not ask */
  async #look(): Promise<string | null> {
    try {
      return await this.#sight.look(this.#created)
    } catch (error) {
      if (isStreamMissing(error)) this.#close(`stream ${streams.risk} does not exist`)
      throw error
    }
  }

  /** @throws OtherRiskLogError if the log is not ours and does not continue it */
  #goBy({ log: { created, continues } }: NewestAnswer): void {
    const before = this.#created ?? created
    if (created !== before && !continues.includes(before)) throw new OtherRiskLogError(before, created)
    this.#created = created
    if (created === before) return
    this.#options.log.warn({ from: before, to: created }, 'following another risk log, which was adopted')
    this.#isAdopted = true
    this.#sight.forget()
    for (const followed of this.#followed.values()) followed.forget()
    for (const listener of this.#listeners.values()) listener.forget()
  }

  /** Logs once, and closes the gates until the log is adopted, repaired, or the known one again. */
  #refuse(error: OtherRiskLogError | DamagedRiskLogError): void {
    this.#close(error.message)
    if (error.message === this.#refused) return
    this.#refused = error.message
    this.#options.log.error({ err: error }, 'the gates are closed')
  }

  #fail(error: Error): void {
    if (this.#stopping.signal.aborted) return
    this.#end(error.message)
    this.#firstRead.reject(error)
    this.#options.onFailed(error)
  }

  #end(reason: string): void {
    if (this.#stopping.signal.aborted) return
    this.#stopping.abort()
    if (!this.#options.connection.isClosed()) for (const one of this.#subscriptions) one.unsubscribe()
    this.#close(reason)
  }

  #close(reason: string): void {
    this.#current = false
    for (const gate of this.#options.gates.values()) gate.lost(reason)
  }
}

/** What was known when a guardian was asked, and when that was, of `performance.now()`. */
interface Asked {
  readonly at: number
  readonly known: KnownDecision | null
}

function askedOf({ known }: FollowedGate): Asked {
  return { at: performance.now(), known }
}

/** Whether the present log must not be used. */
function isRefusal(error: unknown): error is OtherRiskLogError | DamagedRiskLogError {
  return error instanceof OtherRiskLogError || error instanceof DamagedRiskLogError
}
