import {
  type ClosedTrade,
  type Instant,
  type LimitName,
  limitHolder,
  TRADES_REMEMBERED,
  type TradeCounts,
  type Window,
} from '@drawbridge/contracts/pure'
import type { ResolvedLimits } from './configuration.ts'
import type { Draft } from './draft.ts'
import { addHold, holdOfLimit } from './holds.ts'
import { TRADE_LIMITS, type TradeLimit } from './limits/trade-limits.ts'
import type { NextState } from './state.ts'
import { windowStartAt } from './windows.ts'

const NO_TRADES: TradeCounts = { known: [], losers: [], losersInARow: 0, inWindow: 0, windowSince: null }

/** The window in which trades are counted. */
const windowOf = ({ maxTrades }: ResolvedLimits): Window => maxTrades?.window ?? 'day'

/** Counts the trades of a tick, whatever becomes of its equity. */
export function countTrades(draft: Draft, closed: readonly ClosedTrade[]): void {
  if (closed.length === 0) return
  const { state, limits, now } = draft
  const reached = new Set<TradeLimit>()
  for (const { id, at, pnl } of closed) {
    const counts = state.trades ?? { ...NO_TRADES, windowSince: windowStartAt(windowOf(limits), now, limits) }
    const closedAt = at ?? now
    const known = remembered(counts, id, closedAt)
    if (known === null) continue
    state.trades = counted({ ...counts, known }, closedAt, pnl, limits)
    for (const limit of TRADE_LIMITS) if (limit.isReached(state.trades, limits)) reached.add(limit)
  }
  for (const limit of TRADE_LIMITS) if (reached.has(limit)) breach(draft, limit)
}

/** The ids with another one; null: it was counted, or is so old that nobody knows. */
function remembered({ known }: TradeCounts, id: string, at: Instant): TradeCounts['known'] | null {
  if (known.some((one) => one.id === id)) return null
  if (known.length >= TRADES_REMEMBERED && known.every((one) => at < one.at)) return null
  return [...known, { id, at }].sort((a, b) => a.at - b.at).slice(-TRADES_REMEMBERED)
}

function counted(counts: TradeCounts, at: Instant, pnl: bigint, { maxLosingTrades }: ResolvedLimits): TradeCounts {
  const isLoser = pnl < 0n && -pnl >= (maxLosingTrades?.minLoss ?? 0n)
  const isInWindow = counts.windowSince === null || at >= counts.windowSince
  return {
    ...counts,
    losers: isLoser ? [...counts.losers, at].sort((a, b) => a - b).slice(-TRADES_REMEMBERED) : counts.losers,
    losersInARow: isLoser ? counts.losersInARow + 1 : pnl > 0n ? 0 : counts.losersInARow,
    inWindow: isInWindow ? counts.inWindow + 1 : counts.inWindow,
  }
}

function breach(draft: Draft, limit: TradeLimit): void {
  const { state, facts, now, configuration } = draft
  const { name } = limit
  if (holdOfLimit(state.pause, name) !== undefined) return
  const enforced = configuration.enforcement
  if (!enforced && state.unenforced.includes(name)) return
  const until = enforced ? limit.holdEnd(draft) : null
  const action = 'block-entries'
  const nothing = { observedPct: 0n, limitPct: 0n, loss: 0n, base: 0n }
  facts.push({ kind: 'breached', rule: name, action, ...nothing, enforced, until })
  if (!enforced) {
    state.unenforced = [...state.unenforced, name]
    return
  }
  const reason = `${name}: ${limit.inWords(draft.limits)}`
  addHold(draft, { holder: limitHolder(name), at: now, until, reason, action, onEnd: 'keep', firmUntil: null })
}

export function tradeLimit(name: LimitName | null): TradeLimit | null {
  return TRADE_LIMITS.find((limit) => limit.name === name) ?? null
}

/** What counted before does not count again. */
export function forgetTrades(state: NextState, limit: TradeLimit): void {
  if (state.trades !== null) state.trades = limit.forget(state.trades)
  if (state.unenforced.includes(limit.name)) state.unenforced = state.unenforced.filter((name) => name !== limit.name)
}

/** The trades of a window count from its beginning. */
export function beginTradeWindow(
  state: NextState,
  limits: ResolvedLimits,
  begun: ReadonlySet<Window>,
  at: Instant,
): void {
  const window = windowOf(limits)
  if (!begun.has(window) || state.trades === null) return
  state.trades = { ...state.trades, inWindow: 0, windowSince: windowStartAt(window, at, limits) }
  state.unenforced = state.unenforced.filter((name) => name !== 'max_trades')
}
