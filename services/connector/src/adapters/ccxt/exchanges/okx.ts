import { valueAt } from '../../generic/pointer.ts'
import type { Ask, ExchangeLine, Rights } from './exchange-line.ts'
import { flattenOkx } from './okx-flatten.ts'
import { currencyOf, listAt, missingIn, placeAt } from './place.ts'
import { unpriced } from './unpriced.ts'

/** `totalEq` is the equity of all currencies of the trading account, in USD. */
export const okx: ExchangeLine = {
  ccxt: 'okx',
  about: 'OKX, trading account',
  credentials: ['api_key', 'api_secret', 'passphrase'],
  takes: ['ignore', 'dust'],
  async find(ask, question) {
    const body = await ask('privateGetAccountBalance')
    const details = listAt(body, '/data/0/details')
    if (details === null) return missingIn('/data/0/details')
    const holdings = details.map((one) => ({
      coin: valueAt(one, '/ccy'),
      quantity: valueAt(one, '/eq'),
      worth: valueAt(one, '/eqUsd'),
    }))
    const equity = placeAt(body, '/data/0/totalEq')
    return unpriced(holdings, equity.value, question) ?? { equity, currency: currencyOf('USD') }
  },
  rights,
  flatten: flattenOkx,
  notes: ['The funding account is not counted.'],
}

async function rights(ask: Ask): Promise<Rights> {
  const permissions = valueAt(await ask('privateGetAccountConfig'), '/data/0/perm')
  if (typeof permissions !== 'string') return { read: true, trade: null, withdraw: null }
  const named = permissions.split(',').map((one) => one.trim())
  return { read: named.includes('read_only'), trade: named.includes('trade'), withdraw: named.includes('withdraw') }
}
