import {
  type Amount,
  formatAmount,
  formatInstant,
  type Instant,
  type Parsed,
  parsed,
  refused,
} from '@drawbridge/contracts'
import { Temporal } from 'temporal-polyfill'
import { AccountRecord } from './account-record.ts'
import type { Bar } from './bars.ts'
import { equityOf, hold, type PaperAccount, type Strategy, sma } from './strategies.ts'

const strategies = { hold, sma } satisfies Readonly<Record<string, Strategy>>

/** The account's report at a bar's close. */
export interface BarReport {
  /** Number of the bar, from 1 up: the tick's `seq`. */
  readonly seq: number
  readonly at: Instant
  readonly equity: Amount
  readonly cash: Amount
}

/**
 * A paper account that goes through bars in lockstep: {@link report} the bar, wait for the decision, {@link decided}, next
 * bar. Deterministic: the same bars and decisions give the same reports.
 */
export class Simulation {
  readonly #bars: readonly Bar[]
  readonly #strategy: Strategy
  readonly #closes: Amount[] = []
  #account: PaperAccount
  /** The same account under the same strategy, as if nobody ever stopped it. */
  #unguarded: PaperAccount
  readonly #record = new AccountRecord()
  readonly #recordUnguarded = new AccountRecord()

  /** Starts with the cash that `units` cost at the first close; `hold` has spent it on them. */
  constructor(bars: readonly Bar[], strategy: keyof typeof strategies, units: number) {
    this.#bars = bars
    this.#strategy = strategies[strategy]
    const cost = BigInt(units) * (bars[0]?.close ?? 0n)
    this.#account = strategy === 'hold' ? { cash: 0n, units: BigInt(units) } : { cash: cost, units: 0n }
    this.#unguarded = this.#account
  }

  get total(): number {
    return this.#bars.length
  }

  /** How many bars are decided. */
  get done(): number {
    return this.#closes.length
  }

  /** How the account has done up to now, and how it would have done without a guardian. */
  get outcome() {
    return { with: this.#record.outcome, without: this.#recordUnguarded.outcome }
  }

  /** The report of the next bar; null: all are done. */
  report(): BarReport | null {
    const bar = this.#bars[this.done]
    if (bar === undefined) return null
    return {
      seq: this.done + 1,
      at: marketClose(bar.date),
      equity: equityOf(this.#account, bar.close),
      cash: this.#account.cash,
    }
  }

  /** The decision on the reported bar is known: the strategy acts at its close. */
  decided(mayEnter: boolean): void {
    const bar = this.#bars[this.done]
    if (bar === undefined) return
    this.#closes.push(bar.close)
    this.#record.add(equityOf(this.#account, bar.close), !mayEnter)
    this.#recordUnguarded.add(equityOf(this.#unguarded, bar.close), false)
    this.#account = this.#strategy(this.#account, { closes: this.#closes, mayEnter })
    this.#unguarded = this.#strategy(this.#unguarded, { closes: this.#closes, mayEnter: true })
  }

  /** Repeats a bar that was decided before; refused if the equity in the log differs from the account's. */
  repeat(seq: number, equity: Amount | null, mayEnter: boolean): Parsed<null> {
    const report = this.report()
    if (report === null || report.seq !== seq)
      return refused(`the log has bar ${seq}, the account is at bar ${this.done + 1}`)
    if (report.equity !== equity) {
      const logged = equity === null ? 'none' : formatAmount(equity)
      return refused(`at bar ${seq} the log has an equity of ${logged}, the account ${formatAmount(report.equity)}`)
    }
    this.decided(mayEnter)
    return parsed(null)
  }
}

/** When the New York Stock Exchange closes on a date `YYYY-MM-DD`: 16:00 America/New_York. */
export function marketClose(date: string): Instant {
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: 'America/New_York', plainTime: '16:00' })
    .epochMilliseconds
}

/** The tick of a bar. */
export function tickOf(report: BarReport) {
  return {
    equity: formatAmount(report.equity),
    balance: formatAmount(report.cash),
    at: formatInstant(report.at),
    seq: report.seq,
  }
}
