import type { AdapterName } from '@drawbridge/settings'
import type { AnyAdapter } from '../port.ts'
import { alpaca } from './alpaca/alpaca.ts'
import { ccxt } from './ccxt/ccxt.ts'
import { freqtrade } from './freqtrade/freqtrade.ts'
import { generic } from './generic/generic.ts'
import { hummingbot } from './hummingbot/hummingbot.ts'
import { interactiveBrokers } from './interactive-brokers/interactive-brokers.ts'
import { nofx } from './nofx/nofx.ts'
import { tradingview } from './tradingview/tradingview.ts'

/** Whom a connector can speak to, a line each. */
export const ADAPTER_LIST: Readonly<Record<AdapterName, AnyAdapter>> = {
  alpaca,
  ccxt,
  freqtrade,
  generic,
  hummingbot,
  'interactive-brokers': interactiveBrokers,
  nofx,
  tradingview,
}
