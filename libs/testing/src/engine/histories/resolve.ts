import { nextWindowStart } from '../oracle/calendar.ts'
import { type OracleConfig, settingsOf } from '../oracle/config.ts'
import { decimal, type Fraction, minus, percentOf, plus, text } from '../oracle/fractions.ts'
import { nextChange } from '../oracle/sessions.ts'
import type { Command, ReadingStep, Step } from '../oracle/steps.ts'
import type { Verdict } from '../oracle/verdict.ts'
import type { Move, Value, When } from './move.ts'

const UNIT: Fraction = { over: 1n, under: 100_000_000n }

/** Turns moves into steps by what holds when each of them comes, so that edges are hit. */
export class Resolver {
  private time: number
  private readonly config: OracleConfig
  private readonly lag: number
  private seq = 10
  private run: string | null = null
  private runs = 0
  private deposits = decimal(0)
  private added = 0

  /** @param lag how far the history that a bot replays lies back */
  constructor(config: OracleConfig, start: number, lag: number) {
    this.config = config
    this.time = start
    this.lag = lag
  }

  /** @param now what the last step came to */
  step(when: When, move: Move, now: Verdict | null): Step {
    this.time = this.timeOf(when, now)
    const at = new Date(this.time).toISOString()
    switch (move.kind) {
      case 'reading':
        return { at, ...this.reading(move, now) }
      case 'raw':
        return { at, raw: move.raw }
      case 'ask':
        return { at, ask: true }
      default:
        return { at, command: this.command(move, now) }
    }
  }

  private timeOf(when: When, now: Verdict | null): number {
    if (when.by === 'wait') return this.time + when.ms
    const { reset_time, reset_time_zone, week_starts, sessions } = settingsOf(this.config)
    const calendar = { resetTime: reset_time, zone: reset_time_zone, weekStarts: week_starts }
    const wanted = {
      wake: now?.wakeAt,
      until: now?.until,
      window: nextWindowStart(this.time, calendar).at,
      session: sessions === null ? null : nextChange(sessions, this.time),
    }[when.by]
    // A pause of years is not waited for.
    return wanted && Math.abs(wanted - this.time) < 40 * 86_400_000 ? wanted + when.offset : this.time + 60_000
  }

  private reading(move: Extract<Move, { kind: 'reading' }>, now: Verdict | null): Omit<ReadingStep, 'at'> {
    const flow = this.config.net_deposits === true ? decimal(move.deposits) : decimal(0)
    this.deposits = plus(this.deposits, flow)
    const equity = plus(this.value(move.equity, now), flow)
    const balance = this.balance(move.balance, equity, now)
    const bot = move.skew === null ? null : this.time + move.skew - this.lag
    return {
      equity: text(equity),
      ...(balance === null ? {} : { balance }),
      ...(this.config.net_deposits === true ? { net_deposits: text(this.deposits) } : {}),
      ...(move.currency === null ? {} : { currency: move.currency }),
      ...(bot === null ? {} : { reading_at: new Date(bot).toISOString() }),
      ...this.order(move.order),
      ...(move.trades.length === 0 ? {} : { closed: move.trades.map((trade) => this.trade(trade)) }),
    }
  }

  private trade({ id, pnl, ago }: { readonly id: string; readonly pnl: string; readonly ago: number | null }) {
    return { id, pnl, ...(ago === null ? {} : { at: new Date(this.time - this.lag - ago).toISOString() }) }
  }

  private balance(what: string, equity: Fraction, now: Verdict | null): string | null {
    switch (what) {
      case 'same':
        return text(equity)
      case 'above':
        return text(plus(equity, decimal(30)))
      case 'below':
        return text(minus(equity, decimal(30)))
      case 'last':
        return now?.equity ?? text(equity)
      case 'zero':
        return '0'
      default:
        return null
    }
  }

  private order(order: string): { seq?: number; run?: string } {
    if (order === 'none') return {}
    if (order === 'next') this.seq += 1
    if (order === 'new-run') {
      this.runs += 1
      this.run = `r${this.runs}`
      this.seq = 1
    }
    const run = order === 'old-run' ? `r${Math.max(0, this.runs - 1)}` : this.run
    return { seq: order === 'back' ? Math.max(0, this.seq - 1) : this.seq, ...(run === null ? {} : { run }) }
  }

  private value(value: Value, now: Verdict | null): Fraction {
    const known = decimal(now?.equity ?? now?.pending ?? '1000')
    switch (value.by) {
      case 'amount':
        return decimal(value.amount)
      case 'pending':
        return decimal(now?.pending ?? now?.equity ?? '1000')
      case 'same':
        return known
      case 'percent':
        return exactly(plus(plus(known, percentOf(decimal(value.percent), known)), units(value.units)))
      case 'line': {
        const lines = Object.entries({ ...now?.floors, ...now?.ceilings })
        const [name, end] = lines[value.index % Math.max(1, lines.length)] ?? []
        const reference = name === undefined ? undefined : now?.references[name]
        if (end === undefined || reference === undefined) return known
        const way = percentOf(decimal(value.percent), minus(decimal(end), decimal(reference)))
        return exactly(plus(plus(decimal(reference), way), units(value.units)))
      }
    }
  }

  private command(move: Exclude<Move, { kind: 'reading' | 'raw' | 'ask' }>, now: Verdict | null): Command {
    switch (move.kind) {
      case 'pause': {
        const until = move.lasts === null ? null : new Date(this.time + move.lasts).toISOString()
        return { kind: 'pause', reason: 'by hand', by: move.by, until, firm: move.firm }
      }
      case 'resume': {
        const holder = move.which === null ? undefined : now?.holders[move.which]
        const { by, rebase, admin } = move
        return { kind: 'resume', reason: 'by hand', by, rebase, admin, ...(holder === undefined ? {} : { holder }) }
      }
      case 'change':
        return { kind: 'limits', set: { [`l${move.which}`]: move.change } }
      case 'add':
        return { kind: 'limits', set: { [`n${this.added++}`]: move.spec } }
      case 'settings':
        return { kind: 'limits', short: move.change }
      case 'flags':
        return { kind: 'flags', enable_risk_enforcement: move.on }
      case 'pause-all': {
        const { lasts, on } = move
        const until = lasts === null || lasts === 'end' ? null : new Date(this.time + lasts).toISOString()
        const enforcement = on === null ? {} : { enable_risk_enforcement: on }
        return { kind: 'flags', reason: 'storm', ...enforcement, pause_all: lasts === 'end' ? null : { until } }
      }
      case 'flow':
        return {
          kind: 'cash-flow',
          amount: move.amount,
          in_equity: move.inEquity,
          force: move.force,
          ...(move.id === null ? {} : { id: move.id }),
        }
      case 'restart':
        return {
          kind: 'restart',
          reason: 'a new phase',
          ...(move.initial === null ? {} : { initial_balance: move.initial }),
          ...(move.peak === null ? {} : { peak: move.peak }),
          ...(move.dayStart === null ? {} : { day_start: move.dayStart }),
        }
      case 'correct':
        return move.which === null
          ? { kind: 'correct', reason: 'a glitch', void: true }
          : {
              kind: 'correct',
              reason: 'wrong',
              limit: `l${move.which}`,
              reference: text(this.value(move.reference, now)),
            }
    }
  }
}

const units = (count: number): Fraction => ({ over: UNIT.over * BigInt(count), under: UNIT.under })
const exactly = (value: Fraction): Fraction => decimal(text(value))
