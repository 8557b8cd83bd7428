import type { Action, LimitSpec, Settings } from './config.ts'
import { compare, decimal, text } from './fractions.ts'
import { RANK, resolve } from './limit.ts'

const same = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

/** One text for values that mean the same. */
function canonical(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (typeof value === 'object') {
    const fields = Object.entries(value).map(([name, field]) => `${name}:${canonical(field)}`)
    return `{${fields.sort().join()}}`
  }
  const written = String(value)
  if (!/^-?\d+(\.\d+)?$/.test(written)) return written
  return text(decimal(written))
}

const higher = (from: string | number, to: string | number): boolean => compare(decimal(to), decimal(from)) > 0

/** No limit is the loosest. */
const higherOrNone = (from: string | number | null, to: string | number | null): boolean =>
  from !== null && (to === null || higher(from, to))

const endsOrder: Readonly<Record<string, number>> = { timer: 0, 'next-window': 1, 'next-day': 1, at: 1, manual: 2 }
const ends = (from: string, to: string): boolean => {
  const [before = 0, after = 0] = [endsOrder[from], endsOrder[to]]
  return after < before || (after === before && from !== to)
}

/** Whether a parameter of a limit is looser than before, in any state. Both specs are whole. */
export function loosensLimit(field: keyof LimitSpec, from: LimitSpec, to: LimitSpec, settings: Settings): boolean {
  const [a, b] = [resolve('x', from, settings), resolve('x', to, settings)]
  switch (field) {
    case 'measure':
    case 'tested':
    case 'window':
    case 'flows':
      return a[field] !== b[field]
    case 'reference':
      return (
        a.kind !== b.kind || (a.kind !== 'initial' && (a.of !== b.of || (a.kind === 'peak' && a.sampled !== b.sampled)))
      )
    case 'limit':
      return loosensSize(from.limit, to.limit)
    case 'lock':
      // Without a lock the floor may rise further, but an operator who takes one away changes what was agreed: it waits.
      return a.lock === null || b.lock === null ? a.lock !== b.lock : compare(b.lock, a.lock) < 0
    case 'tiers':
    case 'warn_only':
      return loosensTiers(a.tiers, b.tiers)
    case 'ends':
      return ends(a.ends, b.ends)
    case 'ends_at':
      return a.endsAt !== b.endsAt && a.ends === 'at' && b.ends === 'at'
    case 'least_minutes':
      return b.leastMinutes < a.leastMinutes
    case 'on_end':
      return a.onEnd === 'keep' && b.onEnd === 'rebase'
    case 'active_from':
      return loosensStart(from.active_from, to.active_from)
    default:
      return field satisfies never
  }
}

function loosensSize(from: LimitSpec['limit'], to: LimitSpec['limit']): boolean {
  if ('amount' in from) return !('amount' in to) || higher(from.amount, to.amount)
  return 'amount' in to || from.of !== to.of || higher(from.percent, to.percent)
}

function loosensTiers(
  from: readonly { at: Tiered; action: Action }[],
  to: readonly { at: Tiered; action: Action }[],
): boolean {
  const worst = (tiers: typeof from, at: Tiered): number =>
    Math.max(0, ...tiers.filter((tier) => compare(tier.at, at) <= 0).map((tier) => RANK[tier.action]))
  return from.some((tier) => worst(to, tier.at) < worst(from, tier.at))
}
type Tiered = Parameters<typeof compare>[0]

function loosensStart(from: LimitSpec['active_from'], to: LimitSpec['active_from']): boolean {
  if (!to) return false
  if (!from) return true
  const [a, b] = [from.profit, to.profit]
  if ('amount' in a) return !('amount' in b) || higher(a.amount, b.amount)
  return 'amount' in b || higher(a.percent, b.percent)
}

/** Whether a setting is looser than before. */
export function loosensSetting(field: keyof Settings, before: Settings, after: Settings): boolean {
  if (same(before[field], after[field])) return false
  switch (field) {
    case 'max_daily_loss':
    case 'max_drawdown':
    case 'stale_after_seconds':
      return higherOrNone(before[field], after[field])
    case 'sessions':
      return loosensSessions(before.sessions, after.sessions)
    case 'stop_trading_minutes':
    case 'loosen_after_minutes':
      return Number(after[field]) < Number(before[field])
    case 'daily_loss_ends':
    case 'drawdown_ends':
      return ends(before[field], after[field])
    case 'on_end':
      return after.on_end === 'rebase'
    case 'confirm_jump':
      return before.confirm_jump !== null
    case 'max_losing_trades':
      return loosensLosing(before.max_losing_trades, after.max_losing_trades)
    case 'max_trades': {
      const [a, b] = [before.max_trades, after.max_trades]
      if (a === null || b === null) return b === null
      return a.window !== b.window || b.count > a.count || (b.least_minutes ?? 0) < (a.least_minutes ?? 0)
    }
    case 'warn_at_percent':
    case 'budget_steps':
    case 'consistency':
    case 'min_days':
    case 'profit_target':
      return false
    default:
      return true
  }
}

/** Hours have no order; only blocking entries is tighter than not. */
function loosensSessions(a: Settings['sessions'], b: Settings['sessions']): boolean {
  const blocks = b?.block_entries === true
  return !blocks || (a !== null && !same({ ...a, block_entries: true }, b))
}

function loosensLosing(a: Settings['max_losing_trades'], b: Settings['max_losing_trades']): boolean {
  if (a === null || b === null) return b === null
  if ((a.within_minutes === undefined) !== (b.within_minutes === undefined)) return true
  return (
    b.count > a.count ||
    Number(b.within_minutes ?? 0) < Number(a.within_minutes ?? 0) ||
    higher(a.min_loss ?? 0, b.min_loss ?? 0) ||
    (b.least_minutes ?? 0) < (a.least_minutes ?? 0)
  )
}
