import { streams, subjects } from '@drawbridge/contracts'
import { provision } from '@drawbridge/service-kit'
import { Random } from '@drawbridge/testing/random'
import { validConfig } from '@drawbridge/testing/streams'
import { errors } from '@nats-io/transport-node'
import { Awaits } from './awaits.ts'
import { VirtualClock } from './clock.ts'
import { Database } from './database.ts'
import { Disturbances } from './disturbances.ts'
import { Fleet } from './fleet.ts'
import { DecisionWaits } from './invariants/decision-waits.ts'
import { GateInvariants } from './invariants/gates.ts'
import { HistoryInvariants } from './invariants/history.ts'
import { PauseOfAllInvariant } from './invariants/pause-of-all.ts'
import { RiskLogInvariants } from './invariants/risk-log.ts'
import { TickInvariants } from './invariants/ticks.ts'
import { SimulatedServer, type StoredMessage } from './nats/simulated-server.ts'
import { Network } from './network.ts'
import { describe, type SimulatedNode } from './nodes/node.ts'
import { Repairs } from './repairs.ts'
import type { Scenario, Trouble } from './scenarios/scenario.ts'
import type { Settings } from './settings.ts'
import { Trace, type Violation } from './trace.ts'
import { Traps } from './traps.ts'

/** By then, everything must have recovered. */
const RECOVERED_WITHIN_MS = 60_000
/** The most steps of one seed. */
const STEPS_MAX = 2_000_000

/** One run: real services on virtual time, with a server and a database that fail as the seed says. */
export class World {
  readonly settings: Settings
  readonly trace: Trace
  violation: Violation | null = null
  readonly #clock: VirtualClock
  readonly #server: SimulatedServer
  readonly #fleet: Fleet
  readonly #scenario: Scenario
  readonly #trouble: Trouble
  readonly #awaits = new Awaits()
  readonly #waits: DecisionWaits
  readonly #risk: RiskLogInvariants
  readonly #history: HistoryInvariants
  readonly #ticks: TickInvariants
  readonly #gates: GateInvariants
  readonly #pauseOfAll: PauseOfAllInvariant
  #steps = 0

  constructor(scenario: Scenario) {
    const { settings } = scenario
    const { seed } = settings
    this.#scenario = scenario
    this.settings = settings
    const random = (purpose: string) => Random.of(seed, purpose)
    const services = random('services')
    this.#clock = new VirtualClock(settings.startsAt, () => services.next())
    const clock = this.#clock
    this.trace = new Trace(() => clock.elapsed)
    const { trace } = this
    const report = (invariant: string, what: string) => this.violated(invariant, what)
    const network = new Network(random('network'), settings.networkMaxMs)
    const serverRandom = random('server')
    this.#server = new SimulatedServer({
      faults: network,
      serverNow: () => this.#serverNow,
      random: () => serverRandom.next(),
    })
    const server = this.#server
    const database = new Database(random('database'), settings.refusedEvery)
    const disturbances = new Disturbances(() => performance.now())
    const onFailed = (node: SimulatedNode, error: Error, started: boolean) => {
      if (!isExplained(error, started)) report('failure', `${node.name} gave up: ${describe(error)}`)
    }
    const { leaseMs, readAtOnce, batchFrom } = settings
    const { endsDamaged = false } = scenario
    const surroundings = { server, trace, leaseMs, readAtOnce, batchFrom, mayBeDamaged: endsDamaged, onFailed }
    this.#fleet = new Fleet(settings, random('fleet'), database, surroundings, (bot) => this.#gates.look(bot))
    const fleet = this.#fleet
    const traps = new Traps()
    const awaits = this.#awaits
    this.#trouble = scenario.trouble({
      ...{ server, network, database, fleet, disturbances, traps, awaits, trace },
      repairs: new Repairs(),
      random: random('faults'),
      // The purpose keeps its older name: another one would change what each seed does.
      crashPoints: random('strikes'),
    })
    this.#waits = new DecisionWaits(scenario.decidedWithinMs, report)
    this.#risk = new RiskLogInvariants(report, (seq, ms) => this.#waits.onSettled(seq, ms))
    this.#history = new HistoryInvariants(database, this.#risk, report)
    this.#ticks = new TickInvariants(report)
    this.#pauseOfAll = new PauseOfAllInvariant(report)
    this.#gates = new GateInvariants(settings.leaseMs, this.#risk, disturbances, report, trace)
    server.onStored = (stream, message) => {
      this.#onStored(stream, message)
      traps.stored(stream, message)
    }
    database.onCommit = (commit) => {
      const { by, batch, added } = commit
      trace.add(by, `commits ${batch.events.length} rows, ${added} new`)
      this.#history.onCommit(commit)
      traps.transaction('committed', by)
    }
    server.onAwait = awaits.at
    database.onAwait = awaits.at
    database.onBegin = (by) => traps.transaction('begun', by)
  }

  get steps(): number {
    return this.#steps
  }

  /** The number of awaits of that process. */
  awaitsOf(name: string): number {
    return this.#awaits.count(name)
  }

  /** The longest wait of an input until its effects were stored, milliseconds. */
  get longestWaitMs(): number {
    return this.#waits.longestMs
  }

  /** Virtual milliseconds since the start. */
  get elapsed(): number {
    return this.#clock.elapsed
  }

  violated(invariant: string, what: string): void {
    if (this.violation !== null) return
    this.violation = { invariant, what }
    this.trace.quote('world', `VIOLATION (${invariant}): ${what}`)
  }

  /** Runs to the end, or to the first violation. */
  async run(): Promise<void> {
    const { seed, ...rest } = this.settings
    this.trace.add('world', `seed ${seed}: ${JSON.stringify({ ...rest, eventTime: [...rest.eventTime] })}`)
    await this.#provision()
    const connection = await this.#until(this.#server.connect('operator'))
    const load = this.#scenario.load({
      settings: this.settings,
      random: Random.of(seed, 'workload'),
      connection,
      botOf: (trader) => this.#fleet.botOf(trader),
      serverNow: () => this.#serverNow,
      trace: this.trace,
    })
    this.#fleet.start()
    load.start()
    this.#trouble.start()
    await this.#pass(this.settings.trafficMs)
    if (this.violation !== null) return
    this.#trouble.end()
    load.end()
    if (this.#scenario.endsDamaged === true) {
      if (this.#trouble.missed !== null) this.violated('damage', this.#trouble.missed)
      return
    }
    // At least this long without faults, so that the ends of pauses are checked.
    await this.#pass(this.settings.restMs)
    await this.#recover()
    if (this.violation !== null) return
    const { missed } = this.#trouble
    if (missed !== null) this.violated('scenario', missed)
    this.#history.compareAll()
    for (const guardian of this.#fleet.guardians) {
      const divergence = await guardian.divergence()
      if (divergence > 0) this.violated('divergence', `${guardian.name} counts ${divergence}`)
    }
  }

  /** Restores real time. */
  close(): void {
    this.#clock.uninstall()
  }

  get #serverNow(): number {
    return this.#clock.now + this.#trouble.clockAheadMs
  }

  async #provision(): Promise<void> {
    const limits = {
      max_daily_loss: 8,
      max_drawdown: 20,
      stop_trading_minutes: 1,
      daily_loss_ends: 'timer',
      stale_after_seconds: this.settings.staleAfterSeconds,
      loosen_after_minutes: this.settings.loosenAfterMinutes,
      confirm_jump: { percent: 20, seconds: 5 },
    }
    const config = validConfig({ limits, max_traders: this.settings.maxTraders })
    const connection = await this.#until(this.#server.connect('provision'))
    await this.#until(provision(connection, config))
    await this.#until(connection.close())
  }

  #onStored(stream: string, message: StoredMessage): void {
    if (message.subject === subjects.rejects(streams.risk)) {
      this.trace.add(stream, `${message.seq} an event of RISK`)
      this.#history.onReject(message)
    } else this.trace.add(stream, this.#risk.onStored(stream, message))
    if (stream === streams.inputs) {
      this.#ticks.onInput(message)
      this.#pauseOfAll.onInput(message)
      if (this.#fleet.complete) this.#waits.begin(message.seq)
    }
    if (stream === streams.risk) {
      const event = this.#risk.log.at(-1)
      if (event?.streamSeq !== message.seq) return
      this.#gates.onDecision(event.trader, event)
      this.#pauseOfAll.onDecision(event.trader, event)
    }
  }

  async #step(): Promise<void> {
    this.#steps += 1
    if (this.#steps > STEPS_MAX) throw new Error(`more than ${STEPS_MAX} steps`)
    await this.#clock.step()
    for (const bot of this.#fleet.bots) this.#gates.look(bot)
  }

  async #pass(ms: number): Promise<void> {
    const end = this.#clock.elapsed + ms
    while (this.violation === null && this.#clock.elapsed < end) await this.#step()
  }

  /** Drives time until the promise is settled. */
  async #until<T>(promise: Promise<T>): Promise<T> {
    let over = false
    const settled = promise.finally(() => {
      over = true
    })
    settled.catch(() => undefined)
    await this.#clock.settle()
    while (!over) await this.#step()
    return settled
  }

  async #recover(): Promise<void> {
    const deadline = this.#clock.elapsed + RECOVERED_WITHIN_MS + this.#trouble.steppedMs
    for (let steps = 0; this.violation === null; steps += 1) {
      // It takes longer than a step.
      const missing = steps % 50 === 0 ? this.#missing() : 'not looked'
      if (missing === null) return
      if (this.#clock.elapsed > deadline) {
        this.violated('recovery', this.#missing() ?? 'just now')
        return
      }
      await this.#step()
    }
  }

  /** What has not recovered; null: everything has. */
  #missing(): string | null {
    if (!this.#fleet.complete) return 'a process does not run'
    if (this.#risk.missing !== null) return this.#risk.missing
    if (this.#history.missing > 0) return `${this.#history.missing} events are not in the history`
    for (const bot of this.#fleet.bots) {
      const tick = this.#ticks.missing(bot)
      if (tick !== null) return tick
      if (bot.waiting > 0) return `${bot.waiting} ticks of ${bot.name} wait`
      for (const [trader, gate] of bot.gates) {
        if (!this.#gates.isRight(trader, gate)) {
          return `the gate of ${trader} is ${gate.canTrade('enter').allowed ? 'open' : 'closed'}`
        }
      }
    }
    return this.#overdue()
  }

  /** An operator's hold that should have ended by the server's clock, or another overdue wake-up; null: none. */
  #overdue(): string | null {
    for (const trader of this.#risk.traders) {
      if (this.settings.eventTime.has(trader)) continue
      const until = this.#risk.last(trader)?.operatorUntil ?? null
      if (until !== null && until <= this.#serverNow)
        return `${trader} is still held ${this.#serverNow - until} ms late`
      const wakeAt = this.#risk.wakeAt(trader, this.#serverNow)
      if (wakeAt !== null && wakeAt <= this.#serverNow)
        return `the wake-up of ${trader} is ${this.#serverNow - wakeAt} ms late`
    }
    return null
  }
}

/**
 * Whether a fault explains that a process gave up; then it is started again. Only a process that is starting may give up,
 * when NATS does not answer; one that has started waits, however long it takes.
 */
function isExplained(error: Error, hasStarted: boolean): boolean {
  return !hasStarted && error instanceof errors.TimeoutError
}
