import { binance } from './binance.ts'
import { binanceusdm } from './binanceusdm.ts'
import { bitget, bitgetUnified } from './bitget.ts'
import { bybit } from './bybit.ts'
import { coinbase } from './coinbase.ts'
import { deribit } from './deribit.ts'
import type { ExchangeLine } from './exchange-line.ts'
import { hyperliquid } from './hyperliquid.ts'
import { kraken } from './kraken.ts'
import { krakenfutures } from './krakenfutures.ts'
import { okx } from './okx.ts'

/** The exchanges whose figures were looked up and tried, a line each. */
export const EXCHANGES = {
  binanceusdm,
  bybit,
  okx,
  bitget,
  'bitget-unified': bitgetUnified,
  krakenfutures,
  hyperliquid,
  deribit,
  coinbase,
  binance,
  kraken,
} as const satisfies Readonly<Record<string, ExchangeLine>>

export type ExchangeName = keyof typeof EXCHANGES

export function exchangeNames(): ExchangeName[] {
  return Object.keys(EXCHANGES) as ExchangeName[]
}
