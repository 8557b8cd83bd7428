import type { Instant, LimitName, Limits, TradeCounts } from '@drawbridge/contracts/pure'
import type { Draft } from '../draft.ts'
import { nextWindowAt } from '../windows.ts'

const MINUTE_MS = 60_000

/** A limit of trades. It ends with its time, and its count begins again by that. */
export interface TradeLimit {
  readonly name: LimitName
  isReached(counts: TradeCounts, limits: Limits): boolean
  /** When its hold ends that begins now. */
  holdEnd(draft: Draft): Instant
  /** The counts without what counted for it. */
  forget(counts: TradeCounts): TradeCounts
  /** What was reached, in words. */
  inWords(limits: Limits): string
}

/** So many losing trades in a row, or within so many minutes. */
const losingTrades: TradeLimit = {
  name: 'max_losing_trades',
  isReached: (counts, { maxLosingTrades }) => {
    if (maxLosingTrades === null) return false
    const { count, withinMinutes } = maxLosingTrades
    if (withinMinutes === null) return counts.losersInARow >= count
    const newest = counts.losers.at(-1)
    if (newest === undefined) return false
    const since = newest - withinMinutes * MINUTE_MS
    return counts.losers.filter((at) => at >= since).length >= count
  },
  holdEnd: ({ now, limits }) => now + (limits.maxLosingTrades?.leastMinutes ?? limits.stopTradingMinutes) * MINUTE_MS,
  forget: (counts) => ({ ...counts, losers: [], losersInARow: 0 }),
  inWords: ({ maxLosingTrades }) => {
    const within = maxLosingTrades?.withinMinutes ?? null
    return `${maxLosingTrades?.count} losing trades ${within === null ? 'in a row' : `within ${within} minutes`}`
  },
}

/** So many trades in a window. */
const trades: TradeLimit = {
  name: 'max_trades',
  isReached: ({ inWindow }, { maxTrades }) => maxTrades !== null && inWindow >= maxTrades.count,
  holdEnd: ({ now, limits }) => {
    const least = now + (limits.maxTrades?.leastMinutes ?? limits.stopTradingMinutes) * MINUTE_MS
    return Math.max(least, nextWindowAt(limits.maxTrades?.window ?? 'day', now, limits) ?? now)
  },
  forget: (counts) => ({ ...counts, inWindow: 0 }),
  inWords: ({ maxTrades }) => `${maxTrades?.count} trades in a ${maxTrades?.window}`,
}

export const TRADE_LIMITS: readonly TradeLimit[] = [losingTrades, trades]
