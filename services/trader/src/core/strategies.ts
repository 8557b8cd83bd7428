import type { Amount } from '@drawbridge/contracts'
import { buyAll, type PaperAccount, sellAll } from './paper-account.ts'

/** The information of a strategy when it acts on a close. */
export interface Situation {
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
