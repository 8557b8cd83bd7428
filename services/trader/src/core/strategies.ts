import type { Amount } from '@drawbridge/contracts'

/** An account that trades whole units at the current price, without costs. */
export interface PaperAccount {
  readonly cash: Amount
  readonly units: bigint
}

export function equityOf(account: PaperAccount, price: Amount): Amount {
  return account.cash + account.units * price
}

/** Buys as many whole units as the cash pays for. */
export function buyAll(account: PaperAccount, price: Amount): PaperAccount {
  const bought = account.cash / price
  return { cash: account.cash - bought * price, units: account.units + bought }
}

export function sellAll(account: PaperAccount, price: Amount): PaperAccount {
  return { cash: account.cash + account.units * price, units: 0n }
}

/** The information of a strategy when it acts on a close. */
interface Situation {
  /** All closes up to now, the newest last. */
  readonly closes: readonly Amount[]
  /** Whether the gate lets it take new exposure. */
  readonly mayEnter: boolean
}

/** Acts on a close after its decision is known, and returns the account afterwards. Pure. */
export type Strategy = (account: PaperAccount, situation: Situation) => PaperAccount

export const SMA_DAYS = 200

/** Buys once and holds. */
export const hold: Strategy = (account) => account

/**
 * Long while the close is above its {@link SMA_DAYS}-day simple moving average, which includes the close itself. Flat
 * while paused and before there are enough closes; enters only when the gate allows.
 */
export const sma: Strategy = (account, { closes, mayEnter }) => {
  const close = closes.at(-1)
  if (close === undefined || closes.length < SMA_DAYS) return account
  const wantsLong = isAboveAverage(close, closes.slice(-SMA_DAYS))
  if (account.units > 0n) return wantsLong && mayEnter ? account : sellAll(account, close)
  return wantsLong && mayEnter ? buyAll(account, close) : account
}

/** Exact: compares the close times the count with the sum. */
function isAboveAverage(close: Amount, window: readonly Amount[]): boolean {
  let sum = 0n
  for (const other of window) sum += other
  return close * BigInt(window.length) > sum
}
