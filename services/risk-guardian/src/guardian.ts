import { setTimeout as delay } from 'node:timers/promises'
import { parseEventSubject, type SettledEvent, streams, subjects } from '@drawbridge/contracts'
import { Backoff, ConnectionWatch, findUnreadable, type StreamMessage, untilAnswered } from '@drawbridge/nats'
import { nextWakeAt } from '@drawbridge/risk-engine'
import {
  type Lifecycle,
  type Logger,
  type MetricRegistry,
  Rejects,
  readRemovedInputs,
  type Tracing,
} from '@drawbridge/service-kit'
import { type JetStreamManager, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { CarefulStart } from './careful-start.ts'
import { Configurations } from './configurations.ts'
import { rangesWithout } from './core/lost-ranges.ts'
import { TAKEOVER_MS, Turn } from './core/turn.ts'
import { EventGoneError } from './event-gone.ts'
import { InputWatch } from './inbound/input-watch.ts'
import { NewestRequests } from './inbound/newest-requests.ts'
import { hear, type RiskLogListener, readConfigurations } from './inbound/read-risk-log.ts'
import { RiskTail } from './inbound/risk-tail.ts'
import { Intake, UNSETTLED_MAX } from './intake.ts'
import { Lanes } from './lanes.ts'
import { LogBinding, RiskLogRefusedError } from './log-binding.ts'
import { LogWatch } from './log-watch.ts'
import { type GuardianGauges, GuardianMetrics } from './metrics.ts'
import { AttemptNotes } from './outbound/attempt-notes.ts'
import { startHeartbeats } from './outbound/heartbeats.ts'
import { InputRejects } from './outbound/input-rejects.ts'
import { Publisher } from './outbound/publisher.ts'
import { Quarantine } from './outbound/quarantine.ts'
import { RiskLog } from './outbound/risk-log.ts'
import { SettledMark } from './outbound/settled-mark.ts'
import { damageOf, RiskLogDamagedError } from './risk-log-damage.ts'
import type { TraderLane } from './trader-lane.ts'
import { WakeRounds } from './wake-rounds.ts'
import { WakeTimers } from './wake-timers.ts'

export interface GuardianOptions {
  readonly connection: NatsConnection
  /** A question that is lost with a connection holds up what asked it until its timeout; so that is to be short. */
  readonly manager: JetStreamManager
  /**
   * How gates that ask are heard and answered; by what decides if not given. With a connection of its own no flood of questions
   * holds up decisions.
   */
  readonly answers?: Pick<GuardianOptions, 'connection' | 'manager'>
  /** Names this process in the log and in heartbeats. */
  readonly name: string
  /** The lease of the gates, milliseconds; no heartbeat is sent while an input is undecided for half of it. */
  readonly leaseMs: number
  /** How long inputs are left to another guardian, milliseconds; {@link TAKEOVER_MS} and a little at random if not given. */
  readonly takeoverMs?: number
  /** How many of the newest events are read before it judges; {@link READ_AT_ONCE} if not given. */
  readonly readAtOnce?: number
  readonly lifecycle: Lifecycle
  readonly registry: MetricRegistry
  /** Off if not given. */
  readonly tracing?: Tracing | null
  /** Called at the start when the server begins to look up the newest event of each trader, which takes it a while. */
  readonly onAsked?: (() => void) | undefined
  readonly log: Logger
}

/** Guardians that start together do not take their turn together. */
const TAKEOVER_SPREAD_MS = 60
const LOOK_EVERY_MS = 20
/** The last input that was judged is among them: no more were under way behind it. */
const READ_AT_ONCE = UNSETTLED_MAX

/** Nothing of the risk log comes for so long while it is read: what holds it up is looked for. */
const STUCK_AFTER_MS = 5_000

/** The inputs that the input log holds, from the first to the last. */
interface InputRange {
  readonly firstSeq: number
  readonly lastSeq: number
}

/** Inputs that admins have removed, by sequence. */
type RemovedInputs = Awaited<ReturnType<typeof readRemovedInputs>>

/** What the risk log says of the input log. */
interface Restored {
  /** Every input up to this stream sequence is settled. */
  settled: number
  /** The last input that any event is of. */
  judged: number
}

/** INPUTS through the rules into RISK: one event an input, decided in the order of the input log. */
export class Guardian {
  readonly #options: GuardianOptions
  readonly #configurations = new Configurations()
  readonly #turn: Turn
  readonly #tail: RiskTail
  readonly #riskLog: RiskLog
  readonly #settledMark: SettledMark
  readonly #lanes: Lanes
  readonly #intake: Intake
  readonly #careful: CarefulStart
  readonly #inputWatch: InputWatch
  readonly #binding: LogBinding
  readonly #watch: LogWatch
  readonly #requests: NewestRequests
  /** Aborts when nothing may be decided any more: the service stops, or the risk log is damaged. */
  readonly #stopping: AbortSignal
  readonly #halt = new AbortController()
  readonly #wakeTimers: WakeTimers
  readonly #wakeRounds: WakeRounds
  readonly #metrics: GuardianMetrics
  readonly #restored: Restored = { settled: 0, judged: 0 }
  #restoring = true
  readonly #subjectsRead = new Set<string>()
  #reconnects = 0
  /** Of what is behind this stream sequence every event is heard; of what is before it the newest on each subject alone. */
  #wholeAfter = Number.POSITIVE_INFINITY
  #heartbeatAt = 0
  /** Where INPUTS ended at the last look, which brought nothing to decide though not all was settled; null: it was not so. */
  #missingBefore: number | null = null
  #inputsLost = 0

  constructor(options: GuardianOptions) {
    const { connection, manager, name, lifecycle, registry, tracing = null, log } = options
    const stopping = AbortSignal.any([lifecycle.stopping, this.#halt.signal])
    this.#options = options
    this.#stopping = stopping
    this.#watch = new LogWatch({ manager, stopping: lifecycle.stopping, log })
    this.#turn = new Turn(options.takeoverMs ?? TAKEOVER_MS + Math.random() * TAKEOVER_SPREAD_MS, name)
    const publisher = new Publisher(connection, () => this.#watch.knownSeq)
    lifecycle.onStop('publisher', () => publisher.close())
    const offReconnect = ConnectionWatch.of(connection).onReconnect(() => void this.#lookAtEnd(publisher))
    lifecycle.onStop('looks at reconnects', offReconnect)
    const listener = this.#makeListener()
    this.#tail = new RiskTail({
      connection,
      onMessage: (message) => {
        this.#watch.knows(message.seq)
        if (this.#restoring) this.#subjectsRead.add(message.subject)
        if (!this.#keepForLater(message)) hear(message, name, listener)
      },
      stopping,
      log,
      onAsked: options.onAsked,
      onLost: (error) => this.#fail(error),
    })
    const riskLog = new RiskLog({
      publisher,
      manager,
      guardian: name,
      settled: () => this.#carrySettled(),
      onStored: (seq) => {
        this.#watch.knows(seq)
        this.#tail.isOwn(seq)
      },
      onReadAgain: () => this.#tail.goOn(),
      stopping,
      log,
    })
    const rejects = new InputRejects(new Rejects(connection, streams.inputs), stopping, log)
    const metrics = new GuardianMetrics(
      registry,
      () => this.#gauges(publisher),
      () => this.#inputWatch.serverNow,
    )
    publisher.duration = metrics.publishDuration
    const onError = (error: Error) => this.#fail(error)
    const arm = (lane: TraderLane) => this.#wakeTimers.arm(lane.trader, this.#wakeIn(lane))
    const shared = { riskLog, rejects, metrics, tracing, turn: this.#turn, stopping, log, onError }
    this.#riskLog = riskLog
    this.#metrics = metrics
    const configurations = this.#configurations
    this.#lanes = new Lanes({ ...shared, onIdle: arm })
    const onLimits = () => this.#wakeRounds.begin()
    const onLost = (from: number, to: number) => this.#tellLost(from, to)
    const careful = new CarefulStart(new AttemptNotes(connection, manager, log), log)
    const quarantine = new Quarantine(connection, rejects, name, stopping, log)
    const parts = { ...shared, connection, configurations, careful, quarantine, lanes: this.#lanes, onLost, onLimits }
    this.#careful = careful
    this.#intake = new Intake(parts)
    this.#settledMark = new SettledMark(riskLog)
    this.#inputWatch = new InputWatch(manager)
    this.#binding = new LogBinding(manager, this.#watch)
    this.#requests = new NewestRequests({
      ...(options.answers ?? options),
      identity: this.#binding,
      knownSeq: (trader) => this.#lanes.lastSeqOf(trader),
      onGone: (error) => this.#fail(error),
      log,
    })
    this.#wakeTimers = new WakeTimers(jetstream(connection, { timeout: 5_000 }), stopping, log)
    lifecycle.onStop('wake timers', () => this.#wakeTimers.stop())
    const now = () => this.#inputWatch.serverNow
    this.#wakeRounds = new WakeRounds({ lanes: this.#lanes, configurations, now, arm, stopping, onError })
    lifecycle.onStop('wake rounds', () => this.#wakeRounds.stop())
  }

  /** Every input up to this stream sequence is decided and stored. */
  get settled(): number {
    return this.#intake.settled
  }

  /** Whether the risk log takes no more: what is to be decided waits. */
  get isLogFull(): boolean {
    return this.#riskLog.full
  }

  /** How many inputs were not in the input log any more when their turn came. */
  get inputsLost(): number {
    return this.#inputsLost
  }

  /** Why nothing is decided, by a damaged risk log; null: it is whole as far as is known. */
  get damage(): string | null {
    return this.#watch.damaged?.message ?? null
  }

  /**
   * Restores what the risk log knows and goes on from there: first start, restart and takeover are the same. Waits while
   * the log is damaged.
   */
  async start(): Promise<void> {
    const { lifecycle, log, onAsked } = this.#options
    await this.#untilAnswered(() => this.#watch.untilWhole(() => onAsked?.()))
    if (lifecycle.stopping.aborted) return
    await this.#untilAnswered(() => this.#binding.look())
    const unreadable = await this.#untilAnswered(() => this.#readLog())
    if (unreadable !== null) return this.#waitUntilMended(unreadable, false)
    this.#restoring = false
    await this.#untilAnswered(() => this.#binding.look())
    this.#wholeAfter = this.#binding.lastSeq
    const lookedAt = performance.now()
    const removed = await this.#untilAnswered(() => readRemovedInputs(this.#options.connection))
    const { firstSeq, lastSeq } = await this.#checkInputs(this.#restored, removed)
    await this.#place(Math.max(this.#restored.settled, firstSeq - 1), removed)
    if (lastSeq > this.settled) {
      await this.#careful.begin(this.settled, UNSETTLED_MAX)
      lifecycle.onStop('note of the start', () => this.#careful.stop(this.settled))
    }
    this.#intake.start()
    lifecycle.onStop('inputs', () => this.#intake.stop())
    const look = setInterval(() => this.#lookAtTurn(), LOOK_EVERY_MS)
    lifecycle.onStop('turn', () => clearInterval(look))
    this.#sendHeartbeats(lastSeq, lookedAt)
    if (!this.#stopping.aborted) this.#requests.start()
    lifecycle.onStop('answers', () => this.#requests.stop())
    log.info({ traders: this.#lanes.size, settled: this.settled, behind: lastSeq - this.settled }, 'judging')
    this.#wakeRounds.begin()
  }

  /**
   * Reads what the log holds, and goes on hearing it. A message that the server cannot read is left out, or holds that up
   * for good, and nothing tells: so it is looked for where a subject is missing, and where nothing comes.
   * @returns such damage; null: all is read
   */
  async #readLog(): Promise<RiskLogDamagedError | null> {
    let [isRead, waitsSince, heard] = [false, performance.now(), 0]
    const reading = this.#tail.start().then(() => {
      isRead = true
      waitsSince = performance.now()
    })
    // The server may count one message less than it brings, where others are stored while it looks them up.
    while (!isRead || this.#subjectsRead.size < this.#binding.subjects) {
      const soon = delay(LOOK_EVERY_MS, undefined, { ref: false })
      await (isRead ? soon : Promise.race([reading, soon]))
      if (this.#stopping.aborted) return reading.then(() => null)
      if (!isRead && this.#watch.knownSeq > heard) waitsSince = performance.now()
      heard = this.#watch.knownSeq
      if (performance.now() - waitsSince < STUCK_AFTER_MS) continue
      const subject = await findUnreadable(this.#options.manager, streams.risk)
      if (subject !== null) return this.#unreadable(subject)
      waitsSince = performance.now()
      if (!isRead) continue
      const error = new Error('RISK did not bring the newest event of each subject: start this guardian again')
      this.#options.lifecycle.fail(error)
      return null
    }
    // Of thousands of traders these are megabytes.
    this.#subjectsRead.clear()
    return null
  }

  #unreadable(subject: string): RiskLogDamagedError {
    // What is read meanwhile counts no more.
    this.#halt.abort()
    return new RiskLogDamagedError({ kind: 'unreadable', stream: streams.risk, subject })
  }

  /**
   * Of a log that ends with the newest event of each of thousands of traders, only the last ones are read at once: they
   * say how far all is settled. The others wait until their trader is needed, so that decisions need not.
   */
  #keepForLater(message: StreamMessage): boolean {
    const { readAtOnce = READ_AT_ONCE } = this.#options
    if (!this.#restoring || message.pending < readAtOnce) return false
    const address = parseEventSubject(message.subject)
    if (address.kind !== 'trader') return false
    this.#lanes.keep(address.trader, message)
    return true
  }

  /** What to do with what the log says, at the start and from then on. */
  #makeListener(): RiskLogListener {
    return {
      onTraderEvent: (event, seq) => {
        this.#restored.judged = Math.max(this.#restored.judged, event.state.inputSeq)
        this.#lanes.hear(event, seq, seq > this.#wholeAfter)
      },
      onConfigEvent: (event, seq) => {
        this.#configurations.setLastSeq(subjects.config(event.kind), seq)
        this.#configurations.apply(event, this.#intake.configuredUpTo)
      },
      onSettledEvent: (event, seq) => {
        this.#settledMark.isAt(seq)
        this.#binding.hear(event)
        this.#inputWatch.expect(event.inputsCreated)
      },
      onRemoved: (inputSeq) => this.#intake.remove(inputSeq),
      onSettled: (carried, guardian) => {
        this.#turn.yield(guardian, performance.now())
        this.#restored.settled = Math.max(this.#restored.settled, carried)
        this.#settledMark.isCarried(carried)
      },
    }
  }

  /** Sees to it that INPUTS is the one that RISK was made from, and says what of it is lost. */
  async #checkInputs({ settled, judged }: Readonly<Restored>, removed: RemovedInputs): Promise<InputRange> {
    const { isBound, inputsOffset } = this.#binding
    const inputs = await this.#untilAnswered(() => this.#inputWatch.look(Math.max(settled, judged) - inputsOffset))
    this.#binding.checkUsable(inputs.first_ts)
    if (!isBound) await this.#settledMark.write(this.#settledEvent(settled))
    const [firstSeq, lastSeq] = [inputs.first_seq + inputsOffset, inputs.last_seq + inputsOffset]
    for (const { from, to } of rangesWithout(settled + 1, firstSeq - 1, removed.keys())) this.#tellLost(from, to)
    return { firstSeq, lastSeq }
  }

  /** Too old by now, or lost with the store of the stream. Those behind them are judged: what would bring these back? */
  #tellLost(from: number, to: number): void {
    this.#inputsLost += to - from + 1
    this.#metrics.inputsLost.inc(to - from + 1)
    this.#options.log.error({ from, to }, 'inputs left the input log before a guardian read them')
  }

  /**
   * The configurations are read only now: what was stored since the risk log is followed is known from there, and
   * what was stored before from here, so none is missed.
   */
  async #place(settled: number, removed: RemovedInputs): Promise<void> {
    this.#settledMark.isCarried(settled)
    const { connection } = this.#options
    await this.#untilAnswered(() =>
      readConfigurations(connection, (event) => this.#configurations.apply(event, settled)),
    )
    this.#configurations.advance(settled)
    this.#intake.placeAfter(settled, this.#binding.inputsOffset)
    for (const inputSeq of removed.keys()) this.#intake.remove(inputSeq)
  }

  /** At the start NATS may be breaking down. Each step is safe to repeat until it has been done. */
  #untilAnswered<T>(step: () => Promise<T>): Promise<T> {
    const { log, lifecycle } = this.#options
    return untilAnswered(step, { what: 'the logs cannot be read', log, stopping: lifecycle.stopping })
  }

  #gauges(publisher: Publisher): GuardianGauges {
    const { lastSeq } = this.#inputWatch
    return {
      settled: this.settled,
      unsettled: this.#intake.unsettled,
      lag: lastSeq === null ? null : Math.max(0, lastSeq + this.#binding.inputsOffset - this.settled),
      inFlight: publisher.inFlight,
      isItsTurn: this.#turn.isMine,
      heartbeatAt: this.#heartbeatAt,
      isRiskLogFull: this.#riskLog.full,
      isRiskLogDamaged: this.#watch.damaged !== null,
      isEnforced: this.#configurations.current.enforcement,
      serverAheadMs: this.#inputWatch.serverAheadMs,
      traders: this.#lanes.size,
      consumers: { [streams.inputs]: this.#inputWatch.consumers, [streams.risk]: this.#binding.consumers },
    }
  }

  #sendHeartbeats(lastSeqAtStart: number, lookedAt: number): void {
    const { connection, name, leaseMs, lifecycle, log } = this.#options
    const stop = startHeartbeats({
      connection,
      inputs: this.#inputWatch,
      binding: this.#binding,
      name,
      leaseMs,
      lastSeqAtStart,
      lookedAt,
      settled: () => this.settled,
      full: () => this.#riskLog.full,
      stopping: this.#stopping,
      log,
      onSent: () => {
        this.#heartbeatAt = Date.now()
      },
      onBeat: (settled) => {
        this.#lookForRemoved(settled)
        return this.#settledMark.writeIfDue(this.#settledEvent(settled))
      },
      onError: (error) => this.#fail(error),
    })
    lifecycle.onStop('heartbeats', stop)
  }

  /**
   * A server that comes back may have lost the end of the risk log, in a power cut for instance. What is stored there
   * then takes the place of what was lost, so nothing is sent before the end was seen.
   */
  async #lookAtEnd(publisher: Publisher): Promise<void> {
    publisher.hold()
    this.#reconnects += 1
    const reconnects = this.#reconnects
    const backoff = new Backoff(50, 500)
    while (!this.#stopping.aborted && reconnects === this.#reconnects) {
      try {
        if (await this.#binding.look()) break
      } catch (error) {
        if (damageOf(error) !== null || error instanceof RiskLogRefusedError) return this.#fail(error as Error)
      }
      await backoff.wait(this.#stopping)
    }
    if (reconnects === this.#reconnects) publisher.release()
  }

  /** The last input may have been removed: a guardian that does not read RISK learns that only if it looks. */
  #lookForRemoved(settled: number): void {
    const end = (this.#inputWatch.lastSeq ?? 0) + this.#binding.inputsOffset
    const isMissing = this.#intake.undecidedSince === null && settled < end
    if (isMissing && end === this.#missingBefore) this.#tail.goOn()
    this.#missingBefore = isMissing ? end : null
  }

  #lookAtTurn(): void {
    if (this.#stopping.aborted) return
    const now = performance.now()
    if (this.#turn.isSettled(now)) this.#tail.rest()
    this.#tail.look()
    if (!this.#turn.look(this.#intake.undecidedSince, now)) return
    this.#options.log.info({ settled: this.settled }, 'became the active guardian')
    this.#lanes.lookAgain()
  }

  /**
   * Milliseconds until the trader must be woken; null: it needs not. A trader that has been set to event time since
   * its last event is not woken by the clock any more.
   */
  #wakeIn({ trader, state }: TraderLane): number | null {
    const now = this.#inputWatch.serverNow
    const wakeAt = nextWakeAt(trader, state, this.#configurations.current, now)
    return wakeAt === null ? null : wakeAt - now
  }

  #settledEvent(settled: number): SettledEvent {
    return this.#binding.settledEvent(settled, this.#inputWatch.created ?? '')
  }

  #carrySettled(): number {
    this.#settledMark.isCarried(this.settled)
    return this.settled
  }

  #fail(error: Error): void {
    if (this.#stopping.aborted) return
    const { lifecycle } = this.#options
    const isGone = error instanceof EventGoneError
    const damaged = isGone ? endsEarly(error) : damageOf(error)
    if (damaged === null) {
      lifecycle.fail(error)
      return
    }
    this.#halt.abort()
    // A gate must not open by what is left of it.
    this.#requests.stop()
    this.#intake.stop()
    this.#wakeTimers.stop()
    this.#wakeRounds.stop()
    this.#waitUntilMended(damaged, isGone).catch((failure: Error) => lifecycle.fail(failure))
  }

  /**
   * Ends when a guardian that starts can go by the mended log: this one knows the damaged one.
   * @param isGone the log may have been recreated instead
   * @throws {RiskLogRefusedError} where it was
   */
  async #waitUntilMended(damaged: RiskLogDamagedError, isGone: boolean): Promise<void> {
    const { lifecycle } = this.#options
    if (isGone) await this.#binding.look().catch(unlessRefused)
    await this.#watch.untilMended(this.#binding.created, damaged)
    if (lifecycle.stopping.aborted) return
    throw new Error('the risk log is mended: start this guardian again to judge by it', { cause: damaged })
  }
}

function endsEarly({ lastSeq, knownSeq, subject }: EventGoneError): RiskLogDamagedError {
  if (lastSeq === 0) return new RiskLogDamagedError({ kind: 'unreadable', stream: streams.risk, subject })
  return new RiskLogDamagedError({ kind: 'ends-early', stream: streams.risk, lastSeq, knownSeq })
}

function unlessRefused(error: unknown): void {
  if (error instanceof RiskLogRefusedError) throw error
}
