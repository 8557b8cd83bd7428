import { isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Ask, ExchangeLine, Question } from '../../src/adapters/ccxt/exchanges/exchange-line.ts'
import { EXCHANGES, type ExchangeName, exchangeNames } from '../../src/adapters/ccxt/exchanges/exchanges.ts'
import { readingOf } from '../../src/adapters/generic/reading.ts'
import { isFailure } from '../../src/core/failure.ts'
import type { ReadAnswer } from '../../src/port.ts'
import { type Change, changesOf } from '../changes-of.ts'
import { FAKES } from './fake-exchanges.ts'

/** The route of each call of ccxt that a reading makes. */
const ROUTES: Readonly<Record<ExchangeName, Readonly<Record<string, string>>>> = {
  binanceusdm: {
    fapiPrivateGetMultiAssetsMargin: 'GET /fapi/v1/multiAssetsMargin',
    fapiPrivateV3GetAccount: 'GET /fapi/v3/account',
  },
  bybit: { privateGetV5AccountWalletBalance: 'GET /v5/account/wallet-balance' },
  okx: { privateGetAccountBalance: 'GET /api/v5/account/balance' },
  bitget: { privateMixGetV2MixAccountAccounts: 'GET /api/v2/mix/account/accounts' },
  'bitget-unified': { privateUtaGetV3AccountAssets: 'GET /api/v3/account/assets' },
  krakenfutures: { privateGetAccounts: 'GET /derivatives/api/v3/accounts' },
  hyperliquid: { publicPostInfo: 'POST /info' },
  deribit: {
    privateGetGetAccountSummaries: 'GET /api/v2/private/get_account_summaries',
    publicGetGetIndexPrice: 'GET /api/v2/public/get_index_price',
  },
  coinbase: {
    v3PrivateGetBrokerageKeyPermissions: 'GET /api/v3/brokerage/key_permissions',
    v3PrivateGetBrokeragePortfoliosPortfolioUuid: 'GET /api/v3/brokerage/portfolios/p-1',
  },
  binance: { privateGetAccount: 'GET /api/v3/account', publicGetTickerPrice: 'GET /api/v3/ticker/price' },
  kraken: { privatePostBalance: 'POST /0/private/Balance', publicGetTicker: 'GET /0/public/Ticker' },
}
/** Objects whose fields are coins: one that is gone may have been sold. */
const COINS: readonly string[] = ['privatePostBalance/result/']

const bodyOf = (name: ExchangeName, route: string, sent: object): unknown => {
  const answer = FAKES[name].routes[route]
  const given =
    typeof answer === 'function' ? answer({ method: '', path: '', headers: {}, body: JSON.stringify(sent) }) : answer
  return given?.body
}

/** The same without what its innermost lists have, and with 0 for each amount. */
function emptied(body: unknown, path: string): unknown {
  if (COINS.includes(`${path}/`)) return {}
  if (Array.isArray(body))
    return JSON.stringify(body).lastIndexOf('[') === 0 ? [] : body.map((one) => emptied(one, path))
  if (typeof body === 'number') return 0
  if (typeof body === 'string') return /^-?[0-9.]+$/.test(body) ? '0' : body
  if (typeof body !== 'object' || body === null) return body
  return Object.fromEntries(Object.entries(body).map(([name, inner]) => [name, emptied(inner, `${path}/${name}`)]))
}

async function readWith(name: ExchangeName, changed: string | null, change: Change): Promise<ReadAnswer> {
  const line: ExchangeLine = EXCHANGES[name]
  const ask: Ask = async (method, params = {}) => {
    const route = ROUTES[name][method]
    if (route === undefined) throw new Error(`no route of ${method}`)
    const body = bodyOf(name, route, params)
    // The mode of an account of Hyperliquid is text, and asked for by the same call.
    return method === changed && typeof body === 'object' ? change(body) : body
  }
  const found = await line.find(ask, (FAKES[name].settings ?? {}) as Question)
  return 'kind' in found && isFailure(found) ? found : readingOf(found)
}

describe.each(exchangeNames())('%s', (name) => {
  test('is read as its fake says', async () => {
    expect(await readWith(name, null, (body) => body)).toEqual({ kind: 'reading', reading: FAKES[name].reading })
  })

  test('an answer that lacks a part, or has no value there, is no reading, or is the same one', async () => {
    const wrong: string[] = []
    let unusable = 0
    for (const [method, route] of Object.entries(ROUTES[name])) {
      for (const [what, change] of changesOf(bodyOf(name, route, {}), method, COINS)) {
        const answer = await readWith(name, method, change)
        if (isFailure(answer)) unusable += 1
        else if (!isDeepStrictEqual(answer, { kind: 'reading', reading: FAKES[name].reading })) wrong.push(what)
      }
    }
    expect(wrong).toEqual([])
    expect(unusable).toBeGreaterThan(0)
  })

  test('an answer that lists nothing, with sums of 0, is no reading of 0', async () => {
    const answers = Object.keys(ROUTES[name]).map((method) => readWith(name, method, (body) => emptied(body, method)))
    const zeros = (await Promise.all(answers)).filter((answer) => !isFailure(answer) && answer.reading.equity === 0n)
    expect(zeros).toEqual([])
  })

  test.each(
    Object.keys(ROUTES[name]).flatMap((method) => [null, '', [], {}, 'text', 0].map((body) => [method, body] as const)),
  )('%s answered by %j is no reading', async (method, body) => {
    expect(await readWith(name, method, () => body)).toMatchObject({ kind: 'unusable' })
  })
})
