import type { Failure } from '../../../core/failure.ts'
import { valueAt } from '../../generic/pointer.ts'
import type { Found } from '../../generic/reading.ts'
import { plus, times } from './decimal.ts'
import { flattenDeribit } from './deribit-flatten.ts'
import { rightsOfDeribit } from './deribit-rights.ts'
import type { Ask, ExchangeLine, Question } from './exchange-line.ts'
import { sizeOf } from './flattening.ts'
import { currencyOf, listAt, placeAt } from './place.ts'

/** Each currency is an account of its own, with an `equity` in that currency. Their sum is valued by Deribit's indexes. */
export const deribit: ExchangeLine = {
  ccxt: 'deribit',
  about: 'Deribit, one currency or all of them in USD',
  credentials: ['api_key', 'api_secret'],
  takes: ['currency', 'sub_account'],
  async find(ask, question) {
    const { currency, sub_account: id } = question
    const params = id === undefined ? {} : { subaccount_id: Number(id) }
    const body = await ask('privateGetGetAccountSummaries', params)
    const told = valueAt(body, '/result/id') ?? id
    if (id !== undefined && String(told) !== id) {
      return { kind: 'unusable', reason: `it answers with another sub-account, ${String(told)}` }
    }
    const summaries = listAt(body, '/result/summaries')
    if (summaries === null || summaries.length === 0) {
      return { kind: 'unusable', reason: 'in its answer result.summaries is missing or empty' }
    }
    return currency === undefined || currency === 'USD' ? allInUsd(ask, summaries) : only(summaries, question)
  },
  rights: rightsOfDeribit,
  flatten: flattenDeribit,
  notes: [],
}

function only(summaries: readonly unknown[], { currency = '' }: Question): Found {
  const one = summaries.find((summary) => valueAt(summary, '/currency') === currency)
  return { equity: placeAt(one, '/equity'), balance: placeAt(one, '/balance'), currency: currencyOf(currency) }
}

async function allInUsd(ask: Ask, summaries: readonly unknown[]): Promise<Found | Failure> {
  let sum = '0'
  for (const summary of summaries) {
    const [coin, equity] = [valueAt(summary, '/currency'), valueAt(summary, '/equity')]
    if (typeof coin !== 'string') return { kind: 'unusable', reason: 'a summary has no currency' }
    if (sizeOf(equity)?.isEmpty === true) continue
    const value = times(equity, await priceOf(coin, ask))
    if (value === null) return { kind: 'unusable', reason: `${coin} has no equity or no price in USD` }
    sum = plus(sum, value)
  }
  return { equity: { name: 'the sum of equity in USD', value: sum }, currency: currencyOf('USD') }
}

/** Null: there is none. */
async function priceOf(coin: string, ask: Ask): Promise<unknown> {
  if (coin === 'USD') return '1'
  const answer = await ask('publicGetGetIndexPrice', { index_name: `${coin.toLowerCase()}_usd` })
  const price = valueAt(answer, '/result/index_price')
  return Number(price) > 0 ? price : null
}
