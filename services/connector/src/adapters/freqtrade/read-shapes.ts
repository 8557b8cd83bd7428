/** Shapes of freqtrade's answers, as far as they are used. A reader gives null where the answer is another one. */

/** One of `/balance`. */
export interface Coin {
  readonly currency: string
  readonly balance: unknown
  readonly free: unknown
  readonly est_stake: unknown
  readonly is_position: boolean
}

export interface Balance {
  readonly stake: string
  readonly total: unknown
  readonly total_bot: unknown
  readonly currencies: readonly Coin[]
}

/** One of `/status`. */
export interface OpenTrade {
  readonly trade_id: number
  readonly pair: string
  readonly base_currency: string | null
  readonly amount: unknown
  readonly stake_amount: unknown
  readonly realized_profit: unknown
  readonly profit_abs: unknown
  readonly trading_mode: string | null
}

/** One of `/locks`. */
export interface Lock {
  readonly id: number
  readonly pair: string
  readonly side: string
  readonly reason: string
  readonly endsAt: number
}

type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCurrency(value: unknown): value is string {
  return typeof value === 'string' && /^[!-~]{1,16}$/.test(value)
}

export function balanceIn(body: unknown): Balance | null {
  if (!isFields(body) || !isCurrency(body.stake) || !Array.isArray(body.currencies)) return null
  const currencies: Coin[] = []
  for (const one of body.currencies) {
    if (!isFields(one) || typeof one.currency !== 'string') return null
    const { currency, balance, free, est_stake, is_position } = one
    currencies.push({ currency, balance, free, est_stake, is_position: is_position === true })
  }
  return { stake: body.stake, total: body.total, total_bot: body.total_bot, currencies }
}

export function openTradesIn(body: unknown): readonly OpenTrade[] | null {
  if (!Array.isArray(body)) return null
  const trades: OpenTrade[] = []
  for (const one of body) {
    if (!isFields(one) || typeof one.trade_id !== 'number' || typeof one.pair !== 'string') return null
    const { trade_id, pair, base_currency, amount, stake_amount, realized_profit, profit_abs, trading_mode } = one
    const text = (value: unknown) => (typeof value === 'string' ? value : null)
    trades.push({
      trade_id,
      pair,
      base_currency: text(base_currency),
      amount,
      stake_amount,
      realized_profit,
      profit_abs,
      trading_mode: text(trading_mode),
    })
  }
  return trades
}

export function locksIn(body: unknown): readonly Lock[] | null {
  if (!isFields(body) || !Array.isArray(body.locks)) return null
  return body.locks.filter(isFields).flatMap((one): Lock[] => {
    const { id, pair, side, reason, lock_end_timestamp: endsAt, active } = one
    if (typeof id !== 'number' || typeof pair !== 'string' || typeof endsAt !== 'number' || active === false) return []
    // Before version 2022.5 there were no sides.
    return [{ id, pair, side: typeof side === 'string' ? side : '*', reason: String(reason ?? ''), endsAt }]
  })
}
