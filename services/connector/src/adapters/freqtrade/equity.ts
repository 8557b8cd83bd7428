import { type Amount, parseTickAmount } from '@drawbridge/contracts'
import type { Failure } from '../../core/failure.ts'
import type { ReadAnswer } from '../../port.ts'
import type { Balance, OpenTrade } from './read-shapes.ts'

/** What is asked of freqtrade for one reading. */
export interface Asked {
  /** Before the balance, and after it: a trade that ends in between would count twice, or not at all. */
  readonly before: readonly OpenTrade[]
  readonly balance: Balance
  readonly after: readonly OpenTrade[]
}

/**
 * The equity: on a spot market, `/balance` values every coin at its last price, and so has the floating profit. On futures it
 * values a position at its collateral, and from 2026 on at that with an old profit: in place of both count the stake and the
 * floating profit that `/status` tells of its trades.
 *
 * freqtrade writes 0 where it has no price of a coin, and null where it has none of a trade: neither is a value.
 */
/** @param ignored coins that may be worth nothing */
export function equityOf(
  { before, balance, after }: Asked,
  of: 'account' | 'bot',
  ignored: readonly string[] = [],
): ReadAnswer {
  if (fingerprint(before) !== fingerprint(after)) {
    return { kind: 'temporary', reason: 'a trade changed while the account was read' }
  }
  const field = of === 'bot' ? 'total_bot' : 'total'
  const total = parseTickAmount(balance[field])
  if (!total.ok) return unusable(`${field} of /balance ${total.reason}`)
  const isEmpty = balance.currencies.every(({ is_position }) => is_position)
  if (isEmpty || total.value === 0n)
    return unusable(`/balance ${isEmpty ? 'lists no coin' : `has a ${field} of 0`}, ${ALSO_UNTOLD}`)
  const missing = after.flatMap((trade) => withoutPrice(trade, balance) ?? [])
  if (missing.length > 0) return unusable(missing.join('; '))
  const unpriced = of === 'account' ? coinWithoutPrice(balance, after, ignored) : null
  if (unpriced !== null) {
    return unusable(`/balance has no price of ${unpriced}; if it is worth nothing, write "ignore": ["${unpriced}"]`)
  }
  const stranger = strangePosition(after, balance)
  if (stranger !== null) return unusable(stranger)
  const sum = sumOf(balance)
  if (!isNear(sum, Number(balance.total))) {
    return unusable(`total of /balance is ${String(balance.total)}, and its coins are worth ${sum}`)
  }
  const positions = positionsAtStake(after, balance)
  if (typeof positions === 'string') return unusable(positions)
  let floating = 0n
  for (const { pair, profit_abs } of after) {
    const profit = parseTickAmount(profit_abs)
    if (!profit.ok) return unusable(`profit_abs of the trade in ${pair} ${profit.reason}: it has no price`)
    floating += profit.value
  }
  return reading(total.value + positions, floating, isFutures(balance, after), balance.stake)
}

function reading(total: Amount, floating: Amount, futures: boolean, currency: string): ReadAnswer {
  return futures
    ? { kind: 'reading', reading: { equity: total + floating, balance: total, currency } }
    : { kind: 'reading', reading: { equity: total, balance: total - floating, currency } }
}

/** It leaves out each coin of which it knows no quantity. */
const ALSO_UNTOLD = 'which freqtrade also answers where the exchange told it nothing'

const unusable = (reason: string): Failure => ({ kind: 'unusable', reason })

/** `total` is this sum in each version; where it is not, a part of the answer is missing. */
function sumOf({ currencies }: Balance): number {
  return currencies.reduce((sum, { est_stake }) => sum + (typeof est_stake === 'number' ? est_stake : 0), 0)
}

/** As near as sums of doubles are that were added in another order. */
function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-6 * Math.max(1, Math.abs(one), Math.abs(other))
}

/** What all positions would be worth more at the stake of their trades than `/balance` says; a text: in words why nobody knows. */
function positionsAtStake(trades: readonly OpenTrade[], { currencies }: Balance): Amount | string {
  let more = 0n
  for (const { currency, est_stake } of currencies.filter(({ is_position }) => is_position)) {
    const told = parseTickAmount(est_stake)
    if (!told.ok) return `est_stake of the position in ${currency} ${told.reason}`
    more -= told.value
    for (const { stake_amount } of trades.filter(({ pair }) => pair === currency)) {
      const stake = parseTickAmount(stake_amount)
      if (!stake.ok) return `stake_amount of the trade in ${currency} ${stake.reason}`
      more += stake.value
    }
  }
  return more
}

/** What tells that a trade was opened, closed or changed. */
function fingerprint(trades: readonly OpenTrade[]): string {
  return JSON.stringify(trades.map((one) => [one.trade_id, one.amount, one.realized_profit]).sort())
}

function isFutures({ currencies }: Balance, trades: readonly OpenTrade[]): boolean {
  return (
    currencies.some(({ is_position }) => is_position) || trades.some(({ trading_mode }) => trading_mode === 'futures')
  )
}

/** A coin of an open trade on a spot market that `/balance` does not value; null: it does. */
function withoutPrice(
  { pair, base_currency, amount, trading_mode }: OpenTrade,
  { currencies }: Balance,
): string | null {
  if (trading_mode === 'futures' || amount === 0) return null
  const coin = base_currency ?? pair.split('/')[0] ?? pair
  const found = currencies.find(({ currency, is_position }) => currency === coin && !is_position)
  if (found !== undefined && isAboveZero(found.est_stake)) return null
  // A futures bot of before trading_mode was told has positions in place of coins.
  if (currencies.some(({ currency, is_position }) => is_position && currency === pair)) return null
  return `/balance has no price of ${coin}, in which a trade is open`
}

/** A coin that is held and counts for nothing in `total`, which on futures counts what is free alone; null: there is none. */
function coinWithoutPrice(
  { currencies, stake }: Balance,
  trades: readonly OpenTrade[],
  ignored: readonly string[],
): string | null {
  const isSpot = trades.some(({ trading_mode }) => trading_mode === 'spot')
  const found = currencies.find(({ currency, balance, free, est_stake, is_position }) => {
    if (is_position || currency === stake || ignored.includes(currency)) return false
    return balance !== 0 && (isSpot || free !== 0) && !isAboveZero(est_stake)
  })
  return found?.currency ?? null
}

/** A position that no open trade of freqtrade tells the profit of; null: there is none. */
function strangePosition(trades: readonly OpenTrade[], { currencies }: Balance): string | null {
  const pairs = new Set(trades.map(({ pair }) => pair))
  const strange = currencies.find(({ currency, is_position }) => is_position && !pairs.has(currency))
  return strange === undefined
    ? null
    : `a position in ${strange.currency} is not of freqtrade, so that it does not tell its profit; read the equity with ccxt`
}

function isAboveZero(value: unknown): boolean {
  return typeof value === 'number' && value > 0
}
