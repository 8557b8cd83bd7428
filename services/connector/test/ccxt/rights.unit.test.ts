import { expect, test } from 'vitest'
import { bybit } from '../../src/adapters/ccxt/exchanges/bybit.ts'
import { rightsOfDeribit } from '../../src/adapters/ccxt/exchanges/deribit-rights.ts'
import { rightsOfKraken } from '../../src/adapters/ccxt/exchanges/kraken-rights.ts'
import { okx } from '../../src/adapters/ccxt/exchanges/okx.ts'

const UNKNOWN = { read: null, trade: null, withdraw: null }

test.each([
  ['account:read trade:read wallet:none', { read: true, trade: false, withdraw: false }],
  ['account:read_write trade:read_write wallet:read_write mainaccount', { read: true, trade: true, withdraw: true }],
  ['connection mainaccount', UNKNOWN],
  [undefined, UNKNOWN],
])('the scope "%s" of Deribit is told as rights', async (scope, rights) => {
  expect(await rightsOfDeribit(async () => ({ result: { scope } }), { api_key: 'k', api_secret: 's' })).toEqual(rights)
})

test('Deribit is sent a signature, and never the secret', async () => {
  let sent = ''
  const ask = async (_method: string, params: object = {}) => {
    sent = JSON.stringify(params)
    return {}
  }
  await rightsOfDeribit(ask, { api_key: 'my-key', api_secret: 'my-secret' })
  expect(sent).toContain('my-key')
  expect(sent).toMatch(/"signature":"[0-9a-f]{64}"/)
  expect(sent).not.toContain('my-secret')
})

test.each([
  [['query-funds'], { read: true, trade: false, withdraw: false }],
  [['query-funds', 'modify-trades', 'withdraw-funds'], { read: true, trade: true, withdraw: true }],
  [['Funds permissions - Withdraw'], UNKNOWN],
  [null, UNKNOWN],
])('the permissions %j of Kraken are told as rights', async (permissions, rights) => {
  expect(await rightsOfKraken(async () => ({ result: { permissions } }))).toEqual(rights)
})

test.each([
  ['read_only,withdraw', { read: true, trade: false, withdraw: true }],
  [undefined, { read: true, trade: null, withdraw: null }],
])('the permissions "%s" of OKX are told as rights', async (perm, rights) => {
  expect(await okx.rights?.(async () => ({ data: [{ perm }] }), {})).toEqual(rights)
})

test.each([
  [
    { readOnly: 1, permissions: { Wallet: ['Withdraw'] } },
    { read: true, trade: false, withdraw: false },
  ],
  [
    { readOnly: 0, permissions: { Wallet: ['Withdraw'] } },
    { read: true, trade: false, withdraw: true },
  ],
  [{}, { read: true, trade: null, withdraw: null }],
])('the permissions %j of Bybit are told as rights', async (result, rights) => {
  expect(await bybit.rights?.(async () => ({ result }), {})).toEqual(rights)
})
