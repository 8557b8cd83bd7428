import type { Heartbeat, RiskEvent, TraderId } from '@drawbridge/contracts'
import { ConnectionWatch, deferred, type Logger } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import { Hearing } from '../core/hearing.ts'
import type { Gate } from '../gate.ts'
import type { HeardDecision, Telemetry } from '../telemetry.ts'
import { FollowedGate } from './followed-gate.ts'
import { FollowedGates } from './followed-gates.ts'
import { LogChecks } from './log-checks.ts'
import { LogInUse } from './log-in-use.ts'
import { LogSight } from './log-sight.ts'
import { decodedEvent, MissedDecisions, NewestReader } from './newest-decisions.ts'
import { NewestRounds } from './newest-rounds.ts'
import { Subscriptions } from './subscriptions.ts'

const LOOK_EVERY_MAX_MS = 5_000
/** How often the stream itself is looked at: whether it is the same one, and whole. */
const LOOK_AT_STREAM_EVERY_MS = 10_000
/** Spreads the questions of bots that lost the same server. */
const RECONNECT_SPREAD_MS = 1_000
/** How many times per interval of a gate it is checked which gates are due. */
const LOOKS = 4

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
 * log republishes, and asks a guardian for the newest event of each trader ({@link NewestRounds}): at the start, after a
 * reconnect, after a silence as long as the lease, where versions leave one out, and where no decision has been heard for a
 * while ({@link Hearing}). What is heard counts from before the first question on, so nothing lies between the two.
 *
 * A heartbeat counts again when the newest event is known: no gate opens by an outdated state.
 *
 * If the log is replaced by another one, or is damaged, the gates are closed ({@link LogInUse}).
 */
export class GateFollower {
  readonly #options: GateFollowerOptions
  /** After this time without a decision, the newest ones are read again, milliseconds. */
  readonly #lookEveryMs: number
  readonly #watch: ConnectionWatch
  readonly #reader: NewestReader
  readonly #gates = new FollowedGates()
  readonly #logInUse: LogInUse
  readonly #hearing: Hearing
  readonly #rounds: NewestRounds
  readonly #checks: LogChecks
  readonly #subscriptions: Subscriptions
  readonly #stopping = new AbortController()
  readonly #firstRead = deferred<void>()
  #started = false

  constructor(options: GateFollowerOptions) {
    const { connection, gates, leaseMs, log } = options
    this.#options = options
    this.#lookEveryMs = options.lookEveryMs ?? Math.min(LOOK_EVERY_MAX_MS, leaseMs / 2)
    this.#reader = new NewestReader(connection)
    this.#logInUse = new LogInUse(new LogSight(connection), log)
    this.#hearing = new Hearing({ leaseMs, lookEveryMs: this.#lookEveryMs })
    this.#rounds = new NewestRounds({
      connection,
      reader: this.#reader,
      gates: this.#gates,
      logInUse: this.#logInUse,
      hearing: this.#hearing,
      log,
      stopping: this.#stopping.signal,
      onCurrent: () => this.#firstRead.resolve(),
      onFailed: (error) => this.#fail(error),
    })
    this.#checks = new LogChecks(this.#gates, this.#logInUse, this.#rounds)
    this.#subscriptions = new Subscriptions(connection, {
      onHeartbeat: (heartbeat) => this.#onHeartbeat(heartbeat, performance.now()),
      onDecision: (trader, stored) => this.#onDecision(trader, stored, performance.now()),
    })
    for (const gate of gates.values()) this.#admit(gate)
    this.#firstRead.promise.catch(() => undefined)
    this.#watch = ConnectionWatch.of(connection)
    this.#watch.onReconnect(() => {
      if (this.#started) this.#rounds.begin(Math.random() * RECONNECT_SPREAD_MS)
    })
  }

  /** Why NATS is unavailable; null: it is available. */
  get away(): string | null {
    return this.#watch.away
  }

  /** Whether the newest decisions are known. */
  get current(): boolean {
    return this.#rounds.isCurrent && this.#watch.away === null
  }

  /** Whether a guardian was heard within the lease. */
  get isGuardianHeard(): boolean {
    return this.#hearing.isGuardianHeard(performance.now())
  }

  /** Follows one more gate from now on. */
  add(gate: Gate): void {
    const followed = this.#admit(gate)
    if (!this.#started || this.#stopping.signal.aborted) return
    this.#subscriptions.hear(gate.trader)
    // Before it is known which log this is, the round that finds out reads the newest event of every gate.
    if (this.#logInUse.isKnown) void this.#rounds.readAdded(followed)
    else if (this.#rounds.isCurrent) this.#rounds.begin()
  }

  /** Follows a gate no more, and closes it for good. */
  remove({ trader }: Gate): void {
    this.#subscriptions.hearNoMore(trader)
    this.#gates.remove(trader)
  }

  #admit(gate: Gate): FollowedGate {
    const { onDecision, log } = this.#options
    const listener = onDecision === undefined ? null : new MissedDecisions(gate.trader, this.#reader, onDecision, log)
    const followed = new FollowedGate(gate, listener)
    this.#gates.add(followed)
    return followed
  }

  /** Returns when the newest decisions are known. @throws when they cannot be followed, or it is stopped before */
  async start(): Promise<void> {
    const { lookEveryMs = LOOK_AT_STREAM_EVERY_MS } = this.#options
    this.#started = true
    this.#hearing.restart(performance.now())
    for (const trader of this.#gates.traders) this.#subscriptions.hear(trader)
    this.#subscriptions.hearGuardians()
    const read = setInterval(() => this.#readWhereDue(performance.now()), this.#lookEveryMs / LOOKS)
    const lookAtStream = setInterval(() => {
      if (this.current) void this.#checks.lookAtStream()
    }, lookEveryMs)
    this.#stopping.signal.addEventListener('abort', () => {
      clearInterval(read)
      clearInterval(lookAtStream)
    })
    this.#rounds.begin()
    await this.#firstRead.promise
  }

  /** Closes the gates for good. Safe to repeat. */
  stop(): void {
    this.#end('this trader has stopped')
    this.#firstRead.reject(new Error('stopped before the decisions were read'))
  }

  #onHeartbeat(heartbeat: Heartbeat, now: number): void {
    if (!this.#logInUse.isUsedBy(heartbeat)) {
      if (this.current) void this.#checks.askGuardian()
      return
    }
    const wasSilent = this.#hearing.isSilent(now)
    this.#hearing.heartbeat(now)
    this.#gates.tellInputs(heartbeat)
    if (this.#watch.away !== null) return
    if (wasSilent) {
      this.#rounds.begin()
      return
    }
    for (const followed of this.#gates) {
      if (!this.#rounds.hasRead(followed)) continue
      followed.gate.heartbeat(this.#hearing.knownUntil(followed.readAt, now), now)
    }
  }

  /** A decision as the log republishes it. */
  #onDecision(trader: TraderId, stored: HeardDecision, now: number): void {
    const followed = this.#gates.find(trader)
    if (followed === undefined || this.#stopping.signal.aborted) return
    this.#hearing.decision(now)
    try {
      this.#apply(followed, stored)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  /** @throws where the event cannot be read */
  #apply(followed: FollowedGate, stored: HeardDecision): void {
    const event = decodedEvent(stored, followed.trader)
    this.#logInUse.knows(stored.seq)
    const applied = followed.apply(event, stored.seq)
    // Reading the newest events shows what is wrong.
    if (applied.kind === 'other-log') this.#rounds.begin()
    if (applied.kind !== 'newer' || !this.#rounds.hasRead(followed)) return
    this.#options.telemetry?.decided(event, stored, applied.isChange)
    if (applied.missed) void this.#rounds.readAgain(followed)
  }

  #readWhereDue(now: number): void {
    if (this.#watch.away !== null) return
    for (const followed of this.#gates) {
      if (this.#rounds.hasRead(followed) && this.#hearing.isDue(followed, now)) void this.#rounds.readAgain(followed)
    }
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
    this.#subscriptions.end()
    this.#gates.close(reason)
  }
}
