/**
 * A second version of the risk rules, as slow and plain as they read: exact fractions instead of scaled integers, every reset and
 * pause end one by one instead of what is due at once, Intl instead of Temporal. It imports nothing of what it checks.
 */

/** A fraction; the denominator is positive. */
interface Fraction {
  readonly over: bigint
  readonly under: bigint
}

function fraction(decimal: string): Fraction {
  const match = /^(-?)(\d+)\.?(\d*)$/.exec(decimal)
  if (match === null) throw new Error(`not a decimal: ${decimal}`)
  const [, sign, whole = '', decimals = ''] = match
  return { over: BigInt(`${sign}${whole}${decimals}`), under: 10n ** BigInt(decimals.length) }
}

const plus = (a: Fraction, b: Fraction): Fraction => ({
  over: a.over * b.under + b.over * a.under,
  under: a.under * b.under,
})
const minus = (a: Fraction, b: Fraction): Fraction => plus(a, { over: -b.over, under: b.under })
const compare = (a: Fraction, b: Fraction): number => {
  const difference = a.over * b.under - b.over * a.under
  return difference > 0n ? 1 : difference < 0n ? -1 : 0
}
const differs = (a: Fraction | null, b: Fraction): boolean => a !== null && compare(a, b) !== 0
const ZERO = fraction('0')
const percentage = (part: Fraction, whole: Fraction): Fraction => ({
  over: part.over * whole.under * 100n,
  under: part.under * whole.over,
})

/** Cut toward zero to 8 decimals, in the shortest form. */
export function text(value: Fraction): string {
  const units = (value.over * 100_000_000n) / value.under
  const digits = (units < 0n ? -units : units).toString().padStart(9, '0')
  const decimals = digits.slice(-8).replace(/0+$/, '')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -8)}${decimals === '' ? '' : `.${decimals}`}`
}

type Rule = 'max_daily_loss' | 'max_drawdown'
type PauseEnd = 'timer' | 'next-day' | 'manual'

export interface OracleLimits {
  readonly max_daily_loss: string | null
  readonly max_drawdown: string | null
  readonly stop_trading_minutes: number
  readonly initial_balance: string | null
  readonly daily_loss_of: 'initial-balance' | 'equity-at-reset' | 'balance-at-reset'
  readonly reset_time: string
  readonly reset_time_zone: string
  readonly daily_loss_ends: PauseEnd
  readonly drawdown_ends: PauseEnd
  readonly time_base: 'server' | 'event'
  readonly warn_at_percent: string
  readonly stale_after_seconds: number | null
  readonly loosen_after_minutes: number
  /** No history here names one. */
  readonly currency: null
}
type Field = keyof OracleLimits
type Value = OracleLimits[Field]

export type Step = { readonly time: number } & (
  | { readonly kind: 'tick'; readonly equity: string; readonly balance: string | null; readonly at: number | null }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'pause'; readonly until: number | null }
  | { readonly kind: 'resume' }
  | { readonly kind: 'cash-flow'; readonly amount: string }
  | { readonly kind: 'limits'; readonly limits: Partial<OracleLimits> }
  | { readonly kind: 'defaults'; readonly limits: Partial<OracleLimits> }
  /** What is configured for this trader alone, beside the defaults. */
  | { readonly kind: 'configured'; readonly limits: Partial<OracleLimits> }
  | { readonly kind: 'enforcement'; readonly on: boolean }
  | { readonly kind: 'wake' }
)

export interface Breach {
  readonly rule: Rule
  readonly observed: string
  readonly enforced: boolean
  readonly until: number | null
}

export interface Warning {
  readonly rule: Rule
  readonly observed: string
}

/** What an input comes to and what holds after it. */
export interface Verdict {
  readonly outcome: 'event' | 'nothing' | 'refused'
  readonly type: string | null
  /** The time that the rules used. */
  readonly time: number | null
  readonly breaches: readonly Breach[]
  readonly warnings: readonly Warning[]
  readonly feed: readonly ('stale' | 'restored')[]
  readonly staleSince: number | null
  /** When loosened limits of this trader, set by operators, take effect, soonest first. */
  readonly loosenedAt: readonly number[]
  /** What inputs of this moment would be judged by. */
  readonly limits: OracleLimits
  /** When something happens without another input. */
  readonly wakeAt: number | null
  /** What was set to the equity last known because a pause ended, in that order. */
  readonly rebased: readonly ('peak' | 'baseline')[]
  readonly paused: boolean
  readonly until: number | null
  readonly equity: string | null
  readonly peak: string | null
  readonly dayEquity: string | null
}

interface Hold {
  readonly holder: Rule | 'operator'
  readonly until: number | null
  /** Whether a daily reset came after it began. */
  outlivedReset: boolean
}

/** One field of limits: what was said of it, and what is not in force yet. */
class Word {
  private said: Value | undefined
  private waiting: { readonly value: Value; readonly from: number } | null = null

  constructor(value?: Value) {
    this.said = value
  }

  get waitsUntil(): number | null {
    return this.waiting?.from ?? null
  }

  at(time: number): Value | undefined {
    return this.waiting !== null && this.waiting.from <= time ? this.waiting.value : this.said
  }

  /** Gives whether something that waited is in force now for good. */
  settle(time: number): boolean {
    if (this.waiting === null || this.waiting.from > time) return false
    this.said = this.waiting.value
    this.waiting = null
    return true
  }

  say(value: Value, from: number | null): void {
    if (from === null) this.said = value
    this.waiting = from === null ? null : { value, from }
  }
}

type Words = Map<Field, Word>

const exactly = (value: Value): Value =>
  typeof value === 'string' && /^\d/.test(value) && !value.includes(':') ? text(fraction(value)) : value

function isLooser(field: Field, from: Value, to: Value): boolean {
  if (exactly(from) === exactly(to)) return false
  switch (field) {
    case 'max_daily_loss':
    case 'max_drawdown':
      return from !== null && (to === null || compare(fraction(String(to)), fraction(String(from))) > 0)
    case 'stale_after_seconds':
      return from !== null && (to === null || Number(to) > Number(from))
    case 'stop_trading_minutes':
    case 'loosen_after_minutes':
      return Number(to) < Number(from)
    case 'daily_loss_ends':
    case 'drawdown_ends':
      return to === 'timer' || from === 'manual'
    case 'warn_at_percent':
      return false
    default:
      return true
  }
}

const DAY = 86_400_000
const MINUTE = 60_000
const BOUND = fraction('1000000000000000')

export class Oracle {
  private readonly defaults: Words
  private readonly configured: Words = new Map()
  private readonly own: Words = new Map()
  private enforced = true
  private time: number | null = null
  private timeBase: 'server' | 'event' | null = null
  private first: Fraction | null = null
  private equity: Fraction | null = null
  private balance: Fraction | null = null
  private peak: Fraction | null = null
  private dayEquity: Fraction | null = null
  private dayBalance: Fraction | null = null
  private holds: Hold[] = []
  private recorded = new Set<Rule>()
  private warned = new Set<Rule>()
  private heard: number | null = null
  private staleSince: number | null = null
  private received = 0
  private happened = new Set<string>()
  private breaches: Breach[] = []
  private rebased: ('peak' | 'baseline')[] = []
  private warnings: Warning[] = []
  private feed: ('stale' | 'restored')[] = []

  constructor(defaults: OracleLimits) {
    this.defaults = new Map(Object.entries(defaults).map(([field, value]) => [field as Field, new Word(value)]))
  }

  /** Whether loosening anything would wait. */
  waits(time: number): boolean {
    return [this.own, this.configured, this.defaults].some(
      (words) => Number(words.get('loosen_after_minutes')?.at(time)) > 0,
    )
  }

  private limitsAt(time: number, ...levels: readonly Words[]): OracleLimits {
    const fields = [...this.defaults.keys()]
    const values = fields.map((field) => {
      const [value] = levels.map((words) => words.get(field)?.at(time)).filter((said) => said !== undefined)
      return [field, value === undefined ? value : exactly(value)]
    })
    return Object.fromEntries(values) as OracleLimits
  }

  /** @param before what was in force */
  private say(words: Words, change: Partial<OracleLimits>, before: OracleLimits, time: number): void {
    const delay = before.loosen_after_minutes * MINUTE
    for (const [name, value] of Object.entries(change)) {
      const field = name as Field
      const word = words.get(field) ?? new Word()
      word.say(value, delay > 0 && isLooser(field, before[field], value) ? time + delay : null)
      words.set(field, word)
    }
  }

  get isPaused(): boolean {
    return this.holds.length > 0
  }

  take(step: Step): Verdict {
    this.happened = new Set()
    this.breaches = []
    this.rebased = []
    this.warnings = []
    this.feed = []
    this.received = step.time
    const limits = this.limitsAt(step.time, this.own, this.configured, this.defaults)
    switch (step.kind) {
      case 'defaults':
      case 'configured': {
        for (const word of [...this.defaults.values(), ...this.configured.values()]) word.settle(step.time)
        const levels = step.kind === 'defaults' ? [this.defaults] : [this.configured, this.defaults]
        this.say(levels[0] ?? new Map(), step.limits, this.limitsAt(step.time, ...levels), step.time)
        return this.verdict('nothing', null)
      }
      case 'unreadable':
        return this.reject(limits, step.time)
      case 'tick':
        return this.tick(limits, step)
      case 'enforcement': {
        this.enforced = step.on
        if (step.on || !this.holds.some((hold) => hold.holder !== 'operator')) return this.verdict('nothing', null)
        const now = this.operatorTime(limits, step.time)
        if (limits.time_base === 'server') this.pass(limits, now)
        this.release((hold) => hold.holder !== 'operator')
        return this.verdict('event', now)
      }
      default:
        return this.obey(limits, step)
    }
  }

  private tick(limits: OracleLimits, step: Extract<Step, { kind: 'tick' }>): Verdict {
    let now: number
    if (limits.time_base === 'event') {
      const last = this.timeBase === 'event' ? this.time : null
      if (step.at === null || step.at > step.time + 60_000) return this.reject(limits, step.time)
      if (last !== null && step.at < last) return this.reject(limits, step.time)
      now = step.at
    } else now = this.serverTime(step.time)
    this.settleOwn(step.time)
    this.pass(limits, now)
    if (this.staleSince !== null) {
      this.happened.add('feed-restored')
      this.feed.push('restored')
    }
    this.staleSince = null
    this.heard = limits.time_base === 'server' ? now : step.time
    const equity = fraction(step.equity)
    const balance = step.balance === null ? null : fraction(step.balance)
    if (this.first === null) {
      this.first = equity
      this.peak = equity
      this.dayEquity = limits.initial_balance === null ? equity : fraction(limits.initial_balance)
      this.dayBalance = balance
    }
    this.equity = equity
    this.balance = balance ?? this.balance
    if (this.peak === null || compare(equity, this.peak) > 0) this.peak = equity
    this.judge(limits, now)
    return this.verdict('event', now)
  }

  private judge(limits: OracleLimits, now: number): void {
    const { equity, peak, dayEquity, first } = this
    if (equity === null || peak === null || dayEquity === null || first === null) throw new Error('no equity')
    if (this.enforced) this.recorded.clear()
    const initial = limits.initial_balance === null ? first : fraction(limits.initial_balance)
    const bases = {
      'initial-balance': initial,
      'equity-at-reset': dayEquity,
      'balance-at-reset': this.dayBalance ?? dayEquity,
    }
    this.measure('max_daily_loss', minus(dayEquity, equity), bases[limits.daily_loss_of], limits, now)
    this.measure('max_drawdown', minus(peak, equity), peak, limits, now)
  }

  private measure(rule: Rule, loss: Fraction, base: Fraction, limits: OracleLimits, now: number): void {
    const limit = limits[rule]
    const broken =
      limit !== null &&
      compare(loss, ZERO) > 0 &&
      compare(base, ZERO) > 0 &&
      compare(percentage(loss, base), fraction(limit)) >= 0
    this.judgeBroken(rule, broken, loss, base, limits, now)
    const near =
      limit !== null &&
      compare(loss, ZERO) > 0 &&
      compare(base, ZERO) > 0 &&
      compare(percentage(percentage(loss, base), fraction(limit)), fraction(limits.warn_at_percent)) >= 0
    if (!near || this.holds.some((hold) => hold.holder === rule)) this.warned.delete(rule)
    else if (!this.warned.has(rule)) {
      this.warned.add(rule)
      if (broken) return
      this.happened.add('warning')
      this.warnings.push({ rule, observed: text(percentage(loss, base)) })
    }
  }

  private judgeBroken(
    rule: Rule,
    broken: boolean,
    loss: Fraction,
    base: Fraction,
    limits: OracleLimits,
    now: number,
  ): void {
    if (!broken) {
      this.recorded.delete(rule)
      return
    }
    if (this.enforced ? this.holds.some((hold) => hold.holder === rule) : this.recorded.has(rule)) return
    const observed = text(percentage(loss, base))
    this.happened.add('breach')
    if (!this.enforced) {
      this.recorded.add(rule)
      this.breaches.push({ rule, observed, enforced: false, until: null })
      return
    }
    const ends = rule === 'max_daily_loss' ? limits.daily_loss_ends : limits.drawdown_ends
    const timer = now + limits.stop_trading_minutes * MINUTE
    const [nextReset = Number.NaN] = resetsBetween(now, now + 4 * DAY, limits)
    const until = ends === 'manual' ? null : ends === 'timer' ? timer : Math.max(timer, nextReset)
    this.breaches.push({ rule, observed, enforced: true, until })
    this.holds.push({ holder: rule, until, outlivedReset: false })
  }

  private obey(limits: OracleLimits, step: Exclude<Step, { kind: 'tick' }>): Verdict {
    if (limits.time_base === 'event' && step.kind === 'wake') return this.verdict('nothing', null)
    const now = this.operatorTime(limits, step.time)
    const { time, timeBase } = this
    this.settleOwn(step.time)
    if (limits.time_base === 'server') {
      this.pass(limits, now)
      this.listen(limits, now)
    }
    const obeyed = this.command(limits, step, now)
    if (this.happened.size > 0) return this.verdict('event', now)
    this.time = time
    this.timeBase = timeBase
    return this.verdict(obeyed ? 'nothing' : 'refused', null)
  }

  private settleOwn(time: number): void {
    for (const word of this.own.values()) if (word.settle(time)) this.happened.add('limits-changed')
  }

  private listen(limits: OracleLimits, now: number): void {
    if (limits.stale_after_seconds === null || this.heard === null || this.staleSince !== null) return
    if (now - this.heard < limits.stale_after_seconds * 1_000) return
    this.staleSince = this.heard
    this.happened.add('feed-stale')
    this.feed.push('stale')
  }

  private command(limits: OracleLimits, step: Step, now: number): boolean {
    switch (step.kind) {
      case 'pause':
        if (step.until !== null && step.until <= now) return false
        this.holds = this.holds.filter((hold) => hold.holder !== 'operator')
        this.holds.push({ holder: 'operator', until: step.until, outlivedReset: false })
        this.happened.add('pause or resume')
        return true
      case 'resume':
        if (!this.isPaused) return false
        this.release(() => true)
        return true
      case 'limits':
        this.say(this.own, step.limits, limits, step.time)
        this.happened.add('limits-changed')
        return true
      case 'cash-flow': {
        if (this.equity === null) return false
        const shift = fraction(step.amount)
        const names = ['equity', 'balance', 'peak', 'dayEquity', 'dayBalance'] as const
        const shifted = names.map((name) => {
          const amount = this[name]
          return [name, amount === null ? null : plus(amount, shift)] as const
        })
        const beyond = (amount: Fraction | null): boolean =>
          amount !== null && (compare(amount, BOUND) >= 0 || compare(minus(ZERO, amount), BOUND) >= 0)
        if (shifted.some(([, amount]) => beyond(amount))) return false
        for (const [name, amount] of shifted) this[name] = amount
        this.happened.add('cash-flow')
        return true
      }
      default:
        return true
    }
  }

  /** Every reset and the end of the pause, one by one, in time order, a reset first if equal. */
  private pass(limits: OracleLimits, now: number): void {
    const from = this.timeBase === limits.time_base ? this.time : null
    const due: { readonly at: number; readonly what: 'reset' | 'end' }[] = []
    if (this.equity !== null && from !== null) {
      for (const at of resetsBetween(from, now, limits)) due.push({ at, what: 'reset' })
    }
    const end = this.pauseEnd()
    if (end !== null && end <= now) due.push({ at: end, what: 'end' })
    due.sort((a, b) => a.at - b.at || (a.what === 'reset' ? -1 : 1))
    for (const { what } of due) {
      if (what === 'end') this.release(() => true)
      else {
        this.happened.add('day-started')
        this.dayEquity = this.equity
        this.dayBalance = this.balance
        this.recorded.delete('max_daily_loss')
        this.warned.delete('max_daily_loss')
        for (const hold of this.holds) hold.outlivedReset = true
      }
    }
    this.time = now
    this.timeBase = limits.time_base
  }

  private release(which: (hold: Hold) => boolean): void {
    const ended = this.holds.filter(which)
    this.holds = this.holds.filter((hold) => !which(hold))
    this.happened.add('pause or resume')
    if (this.equity === null) return
    for (const hold of ended) {
      if (hold.holder === 'max_drawdown' && differs(this.peak, this.equity)) {
        this.peak = this.equity
        this.rebased.push('peak')
      }
      if (hold.holder === 'max_daily_loss' && !hold.outlivedReset && differs(this.dayEquity, this.equity)) {
        this.dayEquity = this.equity
        this.dayBalance = this.balance
        this.rebased.push('baseline')
      }
    }
  }

  private pauseEnd(): number | null {
    const ends = this.holds.map((hold) => hold.until)
    return ends.length === 0 || ends.includes(null) ? null : Math.max(...ends.map(Number))
  }

  private serverTime(received: number): number {
    return this.timeBase === 'server' && this.time !== null ? Math.max(this.time, received) : received
  }

  private operatorTime(limits: OracleLimits, received: number): number {
    if (limits.time_base === 'server') return this.serverTime(received)
    return this.timeBase === 'event' && this.time !== null ? this.time : received
  }

  private reject(limits: OracleLimits, received: number): Verdict {
    this.happened.add('tick-rejected')
    return this.verdict('event', this.operatorTime(limits, received))
  }

  private verdict(outcome: Verdict['outcome'], time: number | null): Verdict {
    const { equity, peak, dayEquity } = this
    return {
      outcome,
      type: outcome === 'event' ? this.type() : null,
      time,
      breaches: this.breaches,
      warnings: this.warnings,
      feed: this.feed,
      staleSince: this.staleSince,
      loosenedAt: this.loosenedAt,
      limits: this.limitsAt(this.received, this.own, this.configured, this.defaults),
      wakeAt: this.wakeAt(),
      rebased: this.rebased,
      paused: this.isPaused,
      until: this.pauseEnd(),
      equity: equity === null ? null : text(equity),
      peak: peak === null ? null : text(peak),
      dayEquity: dayEquity === null ? null : text(dayEquity),
    }
  }

  private get loosenedAt(): number[] {
    const times = [...this.own.values()].map((word) => word.waitsUntil).filter((time) => time !== null)
    return [...new Set(times)].sort((a, b) => a - b)
  }

  private wakeAt(): number | null {
    const limits = this.limitsAt(this.received, this.own, this.configured, this.defaults)
    if (limits.time_base === 'event') return null
    const times = this.loosenedAt
    const end = this.timeBase === 'server' ? this.pauseEnd() : null
    if (end !== null) times.push(end)
    const { heard, staleSince } = this
    if (heard !== null && staleSince === null && limits.stale_after_seconds !== null) {
      times.push(heard + limits.stale_after_seconds * 1_000)
    }
    return times.length === 0 ? null : Math.min(...times)
  }

  private type(): string {
    if (this.happened.has('breach')) return 'breach'
    if (this.happened.has('pause or resume')) return this.isPaused ? 'paused' : 'resumed'
    const others = ['day-started', 'feed-stale', 'feed-restored', 'warning', 'limits-changed', 'cash-flow']
    for (const type of [...others, 'tick-rejected']) {
      if (this.happened.has(type)) return type
    }
    return 'assessed'
  }
}

type Reset = Pick<OracleLimits, 'reset_time' | 'reset_time_zone'>

/** All daily resets after `from`, up to and including `to`, in order. */
export function resetsBetween(from: number, to: number, reset: Reset): readonly number[] {
  const found = new Set<number>()
  for (let day = Math.floor(from / DAY) - 2; day <= Math.floor(to / DAY) + 2; day++) {
    const at = resetOn(day, reset)
    if (at > from && at <= to) found.add(at)
  }
  return [...found].sort((a, b) => a - b)
}

const resets = new Map<string, number>()

/** When clocks in the zone first show the reset time on a date; if they skip it, that long after they skip. */
function resetOn(day: number, reset: Reset): number {
  const key = `${reset.reset_time_zone} ${reset.reset_time} ${day}`
  const known = resets.get(key)
  if (known !== undefined) return known
  const [hours = Number.NaN, minutes = Number.NaN] = reset.reset_time.split(':').map(Number)
  const wanted = day * DAY + (hours * 60 + minutes) * MINUTE
  const zone = reset.reset_time_zone
  const offsetBefore = wallClock(zone, wanted - 1.5 * DAY) - (wanted - 1.5 * DAY)
  const offsetAfter = wallClock(zone, wanted + 1.5 * DAY) - (wanted + 1.5 * DAY)
  const shown = [wanted - offsetBefore, wanted - offsetAfter].filter((at) => wallClock(zone, at) === wanted)
  const at = shown.length === 0 ? wanted - offsetBefore : Math.min(...shown)
  resets.set(key, at)
  return at
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** What clocks in the zone show, as if it were UTC. */
function wallClock(zone: string, at: number): number {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  const shown = new Map(format.formatToParts(at).map((part) => [part.type, Number(part.value)]))
  const part = (type: Intl.DateTimeFormatPartTypes): number => shown.get(type) ?? Number.NaN
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
}
