import { answer } from './answer.ts'
import { changeNow } from './changes.ts'
import { ALREADY, obey } from './commands.ts'
import { type LimitSpec, type OracleConfig, settingsOf } from './config.ts'
import { faultsOf } from './faults.ts'
import { settle, usedFields } from './judge.ts'
import { joinPauseOfAll } from './pause-of-all.ts'
import {
  closedOf,
  countLate,
  fieldsOf,
  fieldsOfStep,
  lateness,
  noneLate,
  readReading,
  rememberOrder,
} from './readings.ts'
import { emptyState, type Reading, type State } from './state.ts'
import type { Command, Step } from './steps.ts'
import { receive } from './take.ts'
import { passTo } from './time.ts'
import { countTrades } from './trades.ts'
import type { Fact, Verdict } from './verdict.ts'
import { copyOf, worldOf } from './world.ts'

interface Outcome {
  readonly outcome: Verdict['outcome']
  readonly refusedWhy?: string
  readonly rejected?: string
}

/**
 * A second version of the whole judgement of one trader, as slow and plain as its rules read: exact fractions, Intl for
 * clocks, everything that time does one by one. It imports nothing of what it checks.
 */
export class Oracle {
  private state: State

  constructor(config: OracleConfig) {
    const limits = new Map(config.limits.map(({ name, ...spec }): [string, Partial<LimitSpec>] => [name, spec]))
    const settings = settingsOf(config)
    const faults = faultsOf(settings, limits)
    if (faults.length > 0) throw new Error(faults.join('; '))
    this.state = emptyState(settings, limits, config.enforcement ?? true)
  }

  step(step: Step): Verdict {
    const facts: Fact[] = []
    // The server's time never goes back.
    const received = Math.max(Date.parse(step.at), this.state.received)
    this.state.received = received
    const { outcome, refusedWhy = null, rejected = null } = this.takeOfTrader(step, received, facts)
    const named = (what: string): string[] => [
      ...new Set(facts.filter((fact) => fact.what === what).map(({ of = '' }) => of)),
    ]
    return {
      outcome,
      refusedWhy,
      rejected,
      facts,
      breaches: named('breach'),
      worseTiers: named('worse-tier'),
      warned: named('warning'),
      unenforced: named('unenforced'),
      ...answer(this.state),
    }
  }

  /** What comes before the trader is one, and makes none, leaves nothing but what holds for all. */
  private takeOfTrader(step: Step, received: number, facts: Fact[]): Outcome {
    if (this.state.known) return this.take(step, received, facts)
    const before = copyOf(this.state)
    const taken = this.take(step, received, facts)
    if (this.state.known) return taken
    const { enforced, pauseOfAll } = this.state
    this.state = { ...before, enforced, pauseOfAll }
    facts.length = 0
    return taken.outcome === 'event' ? { outcome: 'nothing' } : taken
  }

  private take(step: Step, received: number, facts: Fact[]): Outcome {
    if ('command' in step) return this.command(step.command, received, facts)
    if ('ask' in step) {
      this.wake(received, facts)
      return { outcome: facts.length > 0 ? 'event' : 'nothing' }
    }
    const fields = 'raw' in step ? fieldsOf(step.raw) : fieldsOfStep(step)
    if (fields === null) return this.reject('is no object of JSON', received, facts)
    return this.report(fields, received, facts)
  }

  /** A report of a bot: its trades count whatever becomes of its equity. */
  private report(fields: Readonly<Record<string, unknown>>, received: number, facts: Fact[]): Outcome {
    const { state } = this
    const used = usedFields(worldOf(state, facts).limits)
    const read = readReading(fields, used, state.settings, received)
    const late = 'reading' in read ? lateness(state, read.reading) : null
    if (!('reading' in read) || late !== null) {
      const outcome =
        'reading' in read ? this.tooLate(late ?? '', received, facts) : this.reject(read.bad, received, facts)
      this.trades(fields, received, facts)
      return outcome
    }
    const { reading } = read
    const currency = state.settings.currency ?? state.book.currency
    if (currency !== null && reading.currency !== null && reading.currency !== currency) {
      const outcome = this.reject(`currency: is ${reading.currency}, not ${currency}`, received, facts)
      this.trades(fields, received, facts)
      return outcome
    }
    if (state.settings.time_base === 'event') {
      passTo(state, reading.event ?? received, facts)
      this.changes(received, facts)
    } else this.pass(received, facts)
    this.join(received, facts)
    this.accept(reading, facts)
    this.trades(fields, received, facts)
    return { outcome: 'event' }
  }

  private accept(reading: Reading, facts: Fact[]): void {
    const { state } = this
    rememberOrder(state, reading)
    noneLate(state)
    state.rejected = false
    state.silent = false
    state.heard = state.settings.time_base === 'server' ? state.time : reading.server
    receive(worldOf(state, facts), reading, state.time ?? reading.server)
  }

  private reject(why: string, received: number, facts: Fact[]): Outcome {
    this.pass(received, facts)
    this.join(received, facts)
    noneLate(this.state)
    this.state.rejected = true
    return { outcome: 'event', rejected: why }
  }

  private tooLate(why: string, received: number, facts: Fact[]): Outcome {
    this.pass(received, facts)
    this.join(received, facts)
    countLate(this.state, received)
    return { outcome: 'event', rejected: why }
  }

  /** A report makes a trader. */
  private join(received: number, facts: Fact[]): void {
    this.state.known = true
    joinPauseOfAll(worldOf(this.state, facts), this.state.time ?? received)
  }

  private trades(fields: Readonly<Record<string, unknown>>, received: number, facts: Fact[]): void {
    const { state } = this
    const now = state.time ?? received
    const { calendar } = worldOf(state, facts)
    const broken = countTrades(state, closedOf(fields), now, calendar)
    for (const of of broken) facts.push({ at: now, what: state.enforced ? 'breach' : 'unenforced', of })
  }

  private command(command: Command, received: number, facts: Fact[]): Outcome {
    if (command.kind === 'process-restart') return { outcome: 'nothing' }
    const { state } = this
    if (command.kind === 'flags') this.wake(received, facts)
    else this.pass(received, facts)
    const now = state.time ?? received
    const refused = obey(worldOf(state, facts), command, now, received)
    if (refused === ALREADY) return { outcome: facts.length > 0 ? 'event' : 'nothing' }
    if (refused !== null) return { outcome: 'refused', refusedWhy: refused }
    if (command.kind !== 'flags') state.known = true
    settle(worldOf(state, facts), now)
    // Under what holds now, something may be due already: a silence, for instance.
    this.wake(now, facts)
    return { outcome: 'event' }
  }

  /** A timer, or what reaches all traders: in event time it is nothing. */
  private wake(received: number, facts: Fact[]): void {
    if (this.state.settings.time_base === 'server') passTo(this.state, received, facts)
  }

  /** In event time only a reading lets time pass. */
  private pass(received: number, facts: Fact[]): void {
    if (this.state.settings.time_base === 'event') this.changes(received, facts)
    else passTo(this.state, received, facts)
  }

  /** In event time, what waits for the server's time takes effect at the next reading or command, a refused one too. */
  private changes(received: number, facts: Fact[]): void {
    const { state } = this
    const now = state.time ?? received
    if (state.waiting.some(({ from }) => from <= received)) changeNow(worldOf(state, facts), now, received)
    settle(worldOf(state, facts), now)
  }
}
