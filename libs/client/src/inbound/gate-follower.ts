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
import { MissedDecisions } from './missed-decisions.ts'
import { decodedEvent, NewestReader, UnreadableEventError } from './newest-reader.ts'

const LOOK_EVERY_MAX_MS = 5_000
/** How often the stream itself is looked at: whether it is the same one, and whole. */
const LOOK_AT_STREAM_EVERY_MS = 10_000
/** Bots that lose one server together do not ask together. */
const RECONNECT_SPREAD_MS = 1_000
/** A look at which gates are due is so much more often than each is looked at. */
const LOOKS = 4
/** The log must be heard at least so often; what it held before is then known. */
const HEARD_EVERY_MS = 2_000

export interface GateFollowerOptions {
  readonly connection: NatsConnection
  readonly gates: ReadonlyMap<TraderId, Gate>
  readonly leaseMs: number
  /**
   * How long no decision is heard before the newest ones are read again, milliseconds; half of the lease, and
   * {@link LOOK_EVERY_MAX_MS} at most, if not given. The stream is looked at as often; each
   * {@link LOOK_AT_STREAM_EVERY_MS} if not given.
   */
  readonly lookEveryMs?: number
  readonly log: Logger
  /**
   * Called with each decision that is newer than what its gate knew, when the gate has taken it over; of those that were
   * missed, with the newest of each type.
   */
  readonly onDecision?: (event: RiskEvent) => void
  /** None if not given. */
  readonly telemetry?: Telemetry | null
  /** Called once if the gates can not be kept up to date any more; they are closed for good then. */
  readonly onFailed: (error: Error) => void
}

/**
 * Keeps gates up to date with decisions and with the guardians' heartbeats, without a consumer: it hears what the risk
 * log republishes, and asks a guardian for the newest event of each trader: at the start, after a reconnect, after a
 * silence as long as the lease, where versions leave one out, and where no decision has been heard for a while. What is
 * heard counts from before the first question on, so nothing lies between the two.
 *
 * A heartbeat counts again once the newest event is known: no gate opens by what was true before.
 *
 * Where the log is another one than before, the gates are closed until that one says that it continues the one they know:
 * an operator has adopted it. Then they forget what they knew, and open by heartbeats of guardians that go by it too.
 *
 * Where messages of the log are missing, or it says another thing of a trader than before, the gates are closed until it
 * is mended: the guardians see the holes too, but a log that was restored from an older copy looks whole to one that starts.
 * Holes are seen only by those who may ask what the stream is; the others hear of no guardian then.
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
  /** Creation time of the log that is gone by. */
  #created: string | null = null
  /** Whether the log took the place of another: then only heartbeats that name it count. */
  #isAdopted = false
  #started = false
  #round = 0
  #current = false
  #looking = false
  /** Traders whose newest event is being asked for beside a round. */
  readonly #asking = new Set<TraderId>()
  /** Why the log that is there is not gone by; null: it is. */
  #refused: string | null = null
  #heartbeatAt = 0
  /** When a decision was last heard, of `performance.now()`: so long the way of all decisions is known to work. */
  #heardAt = Number.NEGATIVE_INFINITY

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
      // A heartbeat says nothing of decisions that do not come.
      const logHeardAt = Math.max(this.#heardAt, followed.readAt)
      if (followed.isReadIn(this.#round)) followed.gate.heartbeat(Math.min(now, logHeardAt + HEARD_EVERY_MS), now)
    }
  }

  /** A decision as the log republishes it. */
  #hear(trader: TraderId, message: Msg): void {
    const followed = this.#followed.get(trader)
    const stored = rawHeader(message, headerNames.streamName) === streams.risk ? storedEventOf(message) : null
    if (stored === null || followed === undefined || this.#stopping.signal.aborted) return
    this.#heardAt = performance.now()
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
    // What is wrong is said by what is read.
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
        // Answers that are under way say nothing any more.
        this.#round += 1
        round = this.#round
        if (isRefusal(error)) this.#refuse(error)
        else log.warn({ err: error }, 'the newest decisions cannot be read; trying again')
        await backoff.wait(signal)
      }
    }
  }

  /** The first gate alone says which log it is, and whether anybody answers. @throws where it is not to be gone by */
  async #readOnce(round: number): Promise<void> {
    const [first, ...others] = this.#followed.values()
    if (first === undefined) return
    const asked = askedOf(first)
    const [seen, answer] = await Promise.allSettled([this.#look(), this.#reader.read(first.trader)])
    if (this.#isOver(round)) return
    if (seen.status === 'rejected') throw seen.reason
    const told = answer.status === 'fulfilled' ? answer.value.log.created : this.#created
    // Guardians that do not know it yet read from it all the same, and those that refuse it do not answer.
    if (seen.value !== null && told !== null && seen.value !== told) throw new OtherRiskLogError(told, seen.value)
    if (answer.status === 'rejected') throw answer.reason
    this.#goBy(answer.value)
    this.#known(first, answer.value, round, asked)
    await Promise.all(others.map((followed) => this.#readUntilAnswered(followed, round)))
  }

  /** @throws what no other question would mend */
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

  /** Where no decision is heard, nothing may have been decided, or what was does not come. */
  #lookWhereSilent(): void {
    const now = performance.now()
    if (this.#watch.away !== null) return
    const isSilent = now - this.#heardAt >= this.#lookEveryMs
    for (const followed of this.#followed.values()) {
      const isDue = followed.isReadIn(this.#round) && now - followed.readAt >= this.#lookEveryMs
      if (isDue && (isSilent || !followed.isConfirmed)) void this.#readAgain(followed)
    }
  }

  /** Reads what is newest now; where nobody answers, the lease closes the gate. */
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

  /** Looks whether the log is still the one that is gone by. */
  async #lookAtLog(): Promise<void> {
    const [first] = this.#followed.values()
    // A round that is under way looks for itself.
    if (first === undefined || !this.current || this.#looking) return
    this.#looking = true
    await this.#readAgain(first)
    this.#looking = false
  }

  /** Looks whether the stream is still the one that is gone by, and whole, also while the connection holds. */
  async #lookAtStream(): Promise<void> {
    if (!this.current || this.#looking) return
    this.#looking = true
    try {
      const created = await this.#look()
      if (created !== null && created !== this.#created) this.#readAll(0)
    } catch (error) {
      // No answer closes nothing: the lease does, if it lasts.
      if (isRefusal(error) || isStreamMissing(error)) this.#readAll(0)
    } finally {
      this.#looking = false
    }
  }

  /** @returns when the log was created that is there now; null where this user may not ask */
  async #look(): Promise<string | null> {
    try {
      return await this.#sight.look(this.#created)
    } catch (error) {
      if (isStreamMissing(error)) this.#close(`stream ${streams.risk} does not exist`)
      throw error
    }
  }

  /** @throws OtherRiskLogError where the log is another one than ours and does not continue it */
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

  /** Said once, and closed until the log is adopted, mended, or is the one that is known. */
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

/** Whether the log that is there is not to be gone by. */
function isRefusal(error: unknown): error is OtherRiskLogError | DamagedRiskLogError {
  return error instanceof OtherRiskLogError || error instanceof DamagedRiskLogError
}
