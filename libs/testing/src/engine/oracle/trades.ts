import { type Calendar, startOf, type Window } from './calendar.ts'
import type { LosingTrades } from './config.ts'
import { compare, decimal, negative, readAmount, sign } from './fractions.ts'
import { endOf, holdOf } from './holds.ts'
import type { Hold, State, Trade } from './state.ts'
import type { ClosedTrade } from './steps.ts'

const MINUTE = 60_000
const REMEMBERED = 32

/** Counts the trades of a report. Gives the rules of trades that are broken now and were not told. */
export function countTrades(state: State, closed: readonly ClosedTrade[], now: number, calendar: Calendar): string[] {
  const broken: string[] = []
  if (closed.length > 0) state.windowSince ??= startOf(state.settings.max_trades?.window ?? 'day', now, calendar)
  for (const written of closed) {
    const at = written.at === undefined ? now : Date.parse(written.at)
    const pnl = readAmount(String(written.pnl))
    if (pnl === null || !remember(state, written.id, at)) continue
    const trade = { id: written.id, at, pnl }
    countLoser(state, trade)
    if (state.windowSince === null || at >= state.windowSince) state.closedInWindow += 1
    for (const rule of brokenRules(state)) if (!broken.includes(rule)) broken.push(rule)
  }
  return broken.flatMap((rule) => (breakRule(state, rule, now, calendar) ? [rule] : []))
}

/** Whether it counts: each id once, and none that may be forgotten already. */
function remember(state: State, id: string, at: number): boolean {
  if (state.tradeIds.some((known) => known.id === id)) return false
  const full = state.tradeIds.length >= REMEMBERED
  if (full && at < Math.min(...state.tradeIds.map((known) => known.at))) return false
  state.tradeIds = [...state.tradeIds, { id, at }].sort((a, b) => a.at - b.at).slice(-REMEMBERED)
  return true
}

function countLoser(state: State, trade: Trade): void {
  const rule = state.settings.max_losing_trades
  if (sign(trade.pnl) > 0) state.losersInARow = 0
  const isLoser = sign(trade.pnl) < 0 && compare(negative(trade.pnl), decimal(rule?.min_loss ?? 0)) >= 0
  if (!isLoser) return
  state.losersInARow += 1
  state.losers = [...state.losers, trade].sort((a, b) => a.at - b.at)
}

function brokenRules(state: State): string[] {
  const { max_losing_trades: losing, max_trades: most } = state.settings
  const rules: string[] = []
  if (losing !== null && losersThatCount(state, losing) >= losing.count) rules.push('max_losing_trades')
  if (most !== null && state.closedInWindow >= most.count) rules.push('max_trades')
  return rules
}

function losersThatCount(state: State, rule: LosingTrades): number {
  if (rule.within_minutes === undefined) return state.losersInARow
  const newest = state.losers.at(-1)
  if (newest === undefined) return 0
  const since = newest.at - rule.within_minutes * MINUTE
  return state.losers.filter(({ at }) => at >= since).length
}

/** Whether this is news. */
function breakRule(state: State, rule: string, now: number, calendar: Calendar): boolean {
  if (holdOf(state, rule) !== undefined) return false
  if (!state.enforced) {
    if (state.recorded.has(rule)) return false
    state.recorded.add(rule)
    return true
  }
  state.holds.push(holdFor(state, rule, now, calendar))
  return true
}

function holdFor(state: State, rule: string, now: number, calendar: Calendar): Hold {
  const { max_losing_trades: losing, max_trades: most, stop_trading_minutes } = state.settings
  const of = rule === 'max_trades' ? most : losing
  const end = {
    ends: rule === 'max_trades' ? ('next-window' as const) : ('timer' as const),
    endsAt: null,
    window: (most?.window ?? 'day') as Window,
    leastMinutes: of?.least_minutes ?? stop_trading_minutes,
  }
  return { by: 'limit', name: rule, until: endOf(end, now, calendar), onEnd: 'keep', action: 'block-entries' }
}

/** What counted before does not count again. */
export function forgetTrades(state: State, rule: string): void {
  if (rule === 'max_trades') state.closedInWindow = 0
  else {
    state.losers = []
    state.losersInARow = 0
  }
  state.recorded.delete(rule)
}

export function beginTradeWindow(state: State, windows: readonly Window[], at: number): void {
  // Before the first trade there is nothing to count again.
  if (state.windowSince === null || !windows.includes(state.settings.max_trades?.window ?? 'day')) return
  state.closedInWindow = 0
  state.windowSince = at
  state.recorded.delete('max_trades')
}

/** Whether a rule of trades would hold even now. */
export const isRuleBroken = (state: State, rule: string): boolean => brokenRules(state).includes(rule)

export const isTradeRule = (name: string): boolean => name === 'max_losing_trades' || name === 'max_trades'
