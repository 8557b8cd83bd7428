import { subjects, type TraderCommand, type TraderId, toJsonBytes } from '@drawbridge/contracts'
import type { Random } from '@drawbridge/testing/random'
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import type { TraderNode } from './nodes/trader-node.ts'
import type { Load, LoadParts } from './scenarios/scenario.ts'
import { sessionsAround } from './scenarios/sessions-around.ts'
import type { Settings } from './settings.ts'
import type { Trace } from './trace.ts'

/** Whose holds operators end. */
const HOLDERS = ['operator', 'operator:*', 'limit:max_daily_loss', 'limit:max_drawdown']
const END_OF_PAUSE_OF_ALL = { pause_all: null, reason: 'it is over' }
/** Bots that publish without an outbox and are not configured. */
const STRAY_BOTS: readonly TraderId[] = Array.from({ length: 12 }, (_, index) => `stray${index + 1}`)

/** The traffic of a run: equities of bots, commands of operators, and rubbish. */
export class Workload implements Load {
  readonly #settings: Settings
  readonly #random: Random
  readonly #client: JetStreamClient
  readonly #botOf: (trader: TraderId) => TraderNode | null
  readonly #serverNow: () => number
  readonly #trace: Trace
  readonly #equities = new Map<TraderId, number>()
  readonly #traders: readonly TraderId[]
  /** The actions of operators and stray bots in this run. */
  readonly #actions: readonly ((trader: TraderId) => void)[]
  #going = true

  constructor({ settings, random, connection, botOf, serverNow, trace }: LoadParts) {
    this.#settings = settings
    this.#random = random
    this.#client = jetstream(connection, { timeout: 2_000 })
    this.#botOf = botOf
    this.#serverNow = serverNow
    this.#trace = trace
    this.#traders = settings.bots.flat()
    const between = (least: number, most: number) => random.between(least, most)
    const chance = (probability: number) => random.chance(probability)
    const soon = () => this.#later(between(1_000, 20_000))
    this.#actions = random.some<(trader: TraderId) => void>([
      (trader) => this.#command('pause', trader, { reason: 'a look', until: soon() }),
      (trader) => this.#command('pause', trader, { reason: 'a look', until: soon() }),
      (trader) => this.#command('pause', trader, { reason: 'until told' }),
      (trader) => this.#command('resume', trader, {}),
      (trader) => this.#command('resume', trader, { holder: random.pick(HOLDERS), rebase: true, reason: 'a look' }),
      (trader) => this.#command('limits', trader, { max_daily_loss: between(1, 20) }),
      (trader) => this.#command('limits', trader, { stale_after_seconds: random.pick([null, 1, 3]) }),
      (trader) => this.#command('limits', trader, { loosen_after_minutes: 1, max_daily_loss: between(2, 30) }),
      () => this.#publish(subjects.controlLimits, { stale_after_seconds: random.pick([null, 1, 4]) }),
      () =>
        this.#publish(subjects.controlLimits, { loosen_after_minutes: between(0, 1), max_drawdown: between(3, 40) }),
      (trader) => this.#command('cash-flow', trader, { amount: between(1, 500) }),
      (trader) => this.#command('wake', trader, {}),
      (trader) => this.#command('pause', trader, { until: 'soon' }),
      () => this.#publish(subjects.controlLimits, { max_drawdown: between(3, 40), warn_at_percent: 60 }),
      () => this.#publish(subjects.controlLimits, { max_traders: between(1, 16) }),
      () => this.#publish(subjects.controlLimits, { max_traders: between(1, 16) }),
      (trader) => this.#publish(subjects.controlLimits, { traders: { [trader]: { max_drawdown: between(2, 30) } } }),
      () => this.#publish(subjects.controlFlags, { enable_risk_enforcement: chance(0.6) }),
      () => this.#publish(subjects.controlFlags, { enable_persistence: chance(0.6) }),
      () => this.#publish(subjects.controlFlags, { enable_what: true }),
      () => this.#publish(subjects.controlFlags, { pause_all: { until: soon() }, reason: 'a storm' }),
      () => this.#pauseAll(),
      (trader) => this.#command('limits', trader, { sessions: sessionsAround(this.#serverNow(), random) }),
      (trader) => this.#command('limits', trader, { sessions: null }),
      () => this.#publish(subjects.controlLimits, { sessions: sessionsAround(this.#serverNow(), random) }),
      (trader) =>
        this.#command('limits', trader, {
          sessions: sessionsAround(this.#serverNow(), random),
          stale_after_seconds: between(1, 4),
        }),
      (trader) => this.#publish(subjects.tick(trader), { equity: between(900, 1_100) }),
      (trader) => this.#publish(subjects.tick(trader), { equity: between(900, 1_100) }),
      (trader) => this.#publish(subjects.tick(trader), { equity: 'much' }),
      () => this.#publish(subjects.tick('no~trader'), { equity: 1 }),
    ])
  }

  start(): void {
    for (const trader of this.#settings.eventTime) this.#command('limits', trader, { time_base: 'event' })
    for (const trader of this.#traders) this.#tickLater(trader)
    this.#operateLater()
  }

  /** No more from now on but one last tick of each, both flags on, and no pause of all. */
  end(): void {
    this.#going = false
    void this.#tellAll({ enable_persistence: true, enable_risk_enforcement: true })
    void this.#tellAll(END_OF_PAUSE_OF_ALL)
    for (const trader of this.#traders) if (this.#random.chance(0.7)) this.#tick(trader)
  }

  async #tellAll(flags: object): Promise<void> {
    for (let told = false; !told; ) {
      const answer = this.#client.publish(subjects.controlFlags, toJsonBytes(flags))
      told = await answer.then(
        () => true,
        () => false,
      )
    }
  }

  #tickLater(trader: TraderId): void {
    setTimeout(() => {
      if (!this.#going) return
      this.#tick(trader)
      this.#tickLater(trader)
    }, this.#random.waitOf(this.#settings.tickEveryMs))
  }

  #tick(trader: TraderId): void {
    // The bot knows its account also while its process is down.
    const equity = this.#nextEquity(trader)
    this.#botOf(trader)?.tick(trader, equity, this.#serverNow() - this.#random.between(0, 50))
  }

  /** Wanders, and jumps now and then. */
  #nextEquity(trader: TraderId): string {
    const cents = this.#equities.get(trader) ?? this.#random.between(1_000_00, 20_000_00)
    const share = this.#random.next()
    // The largest jumps are not believed at once.
    const move = share < 0.02 ? 0.4 : share < 0.08 ? 0.08 : 0.01
    const next = Math.max(1_00, Math.round(cents * (1 + (this.#random.next() - 0.5) * 2 * move)))
    this.#equities.set(trader, next)
    return (next / 100).toFixed(2)
  }

  #operateLater(): void {
    setTimeout(() => {
      if (!this.#going) return
      this.#operate()
      this.#operateLater()
    }, this.#random.waitOf(this.#settings.operatorEveryMs))
  }

  #operate(): void {
    const random = this.#random
    random.pick(this.#actions)(random.chance(0.4) ? random.pick(STRAY_BOTS) : random.pick(this.#traders))
  }

  /** Until an operator ends it; not for long, as nothing else is seen while it lasts. */
  #pauseAll(): void {
    this.#publish(subjects.controlFlags, { pause_all: {}, reason: 'a storm' })
    setTimeout(
      () => {
        if (this.#going) this.#publish(subjects.controlFlags, END_OF_PAUSE_OF_ALL)
      },
      this.#random.between(200, 5_000),
    )
  }

  #later(inMs: number): string {
    return new Date(this.#serverNow() + inMs).toISOString()
  }

  #command(command: TraderCommand, trader: TraderId, fields: object): void {
    this.#publish(subjects.control(command, trader), fields)
  }

  /** Once: whoever gets no answer does not ask again. */
  #publish(subject: string, message: object): void {
    this.#client
      .publish(subject, toJsonBytes(message))
      .catch(() => this.#trace.add('operator', `no answer on ${subject}`))
  }
}
