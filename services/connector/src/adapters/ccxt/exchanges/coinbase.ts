import { valueAt } from '../../generic/pointer.ts'
import type { Ask, ExchangeLine, Rights } from './exchange-line.ts'
import { listAt, missingIn, placeAt } from './place.ts'
import { unpriced } from './unpriced.ts'

/** `total_balance` of a portfolio is what all of it is worth, in the currency of the account. */
export const coinbase: ExchangeLine = {
  ccxt: 'coinbase',
  about: 'Coinbase Advanced, a portfolio',
  credentials: ['api_key', 'api_secret'],
  takes: ['sub_account', 'ignore', 'dust'],
  async find(ask, question) {
    const portfolio = question.sub_account ?? (await portfolioOfKey(ask))
    if (typeof portfolio !== 'string') return { kind: 'unusable', reason: 'in its answer portfolio_uuid is missing' }
    const body = await ask('v3PrivateGetBrokeragePortfoliosPortfolioUuid', { portfolio_uuid: portfolio })
    const told = valueAt(body, '/breakdown/portfolio/uuid') ?? portfolio
    if (told !== portfolio) return { kind: 'unusable', reason: `it answers with another portfolio, ${String(told)}` }
    const positions = listAt(body, '/breakdown/spot_positions')
    if (positions === null) return missingIn('/breakdown/spot_positions')
    const holdings = positions.map((one) => ({
      coin: valueAt(one, '/asset'),
      quantity: valueAt(one, '/total_balance_crypto'),
      worth: valueAt(one, '/total_balance_fiat'),
    }))
    const total = '/breakdown/portfolio_balances/total_balance'
    const equity = placeAt(body, `${total}/value`)
    return (
      unpriced(holdings, equity.value, question) ?? {
        equity,
        currency: placeAt(body, `${total}/currency`),
      }
    )
  },
  rights,
  notes: ['Other portfolios are not counted.'],
}

async function portfolioOfKey(ask: Ask): Promise<unknown> {
  return valueAt(await ask('v3PrivateGetBrokerageKeyPermissions'), '/portfolio_uuid')
}

async function rights(ask: Ask): Promise<Rights> {
  const body = await ask('v3PrivateGetBrokerageKeyPermissions')
  const right = (name: string) => {
    const value = valueAt(body, `/${name}`)
    return typeof value === 'boolean' ? value : null
  }
  return { read: right('can_view'), trade: right('can_trade'), withdraw: right('can_transfer') }
}
