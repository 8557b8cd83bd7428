import { expect, test } from 'vitest'
import type { Ask } from '../../src/adapters/ccxt/exchanges/exchange-line.ts'
import { hyperliquid } from '../../src/adapters/ccxt/exchanges/hyperliquid.ts'
import { netDepositsOf } from '../../src/adapters/ccxt/exchanges/hyperliquid-flows.ts'

const ME = `0x${'1'.repeat(40)}`
const OTHER = `0x${'2'.repeat(40)}`

/** A ledger that tells at most so many entries at once, from a time on. */
const ledger = (entries: readonly object[], aPage = 500): Ask => {
  const booked = entries.map((delta, at) => ({ time: 1_000 + Math.floor(at / 2), hash: `0x${at}`, delta }))
  return async (_method, params) => {
    const { startTime } = params as { startTime: number }
    return booked.filter(({ time }) => time >= startTime).slice(0, aPage)
  }
}
const sumOf = async (...entries: readonly object[]) => {
  const answer = await netDepositsOf(ledger(entries), ME)
  return answer.kind === 'sum' ? Number(answer.sum) : answer.reason
}

test.each([
  ['a deposit', { type: 'deposit', usdc: '100.5' }, 100.5],
  ['a withdrawal, whose fee is a loss', { type: 'withdraw', usdc: '40', fee: '1.0' }, -40],
  ['a transfer from spot', { type: 'accountClassTransfer', usdc: '7', toPerp: true }, 7],
  ['a transfer to spot', { type: 'accountClassTransfer', usdc: '7', toPerp: false }, -7],
  ['a transfer to somebody', { type: 'internalTransfer', usdc: '5', user: ME, destination: OTHER }, -5],
  ['a transfer from somebody', { type: 'internalTransfer', usdc: '5', user: OTHER, destination: ME.toUpperCase() }, 5],
  ['a transfer to a sub-account', { type: 'subAccountTransfer', usdc: '5', user: ME, destination: OTHER }, -5],
  ['a deposit in a vault', { type: 'vaultDeposit', usdc: '9', vault: OTHER }, -9],
  ['what comes back from a vault', { type: 'vaultWithdraw', netWithdrawnUsd: '8', vault: OTHER, user: ME }, 8],
  ['a spot transfer', { type: 'spotTransfer', usdcValue: '9', user: ME, destination: OTHER }, 0],
  ['a liquidation', { type: 'liquidation', accountValue: '9' }, 0],
  ['what is sent to spot', send({ user: ME, destination: ME, sourceDex: '', destinationDex: 'spot' }), -3],
  ['what is sent from spot', send({ user: ME, destination: ME, sourceDex: 'spot', destinationDex: '' }), 3],
  ['what is sent to somebody', send({ user: ME, destination: OTHER, sourceDex: '', destinationDex: '' }), -3],
])('%s is counted as what it is', async (_what, entry, sum) => {
  expect(await sumOf({ type: 'deposit', usdc: '1000' }, entry)).toBe(1_000 + sum)
})

function send(fields: object): object {
  return { type: 'send', token: 'USDC', amount: '3', usdcValue: '3', ...fields }
}

test.each([
  ['of a kind that is not known', { type: 'brandNew', usdc: '1' }, 'not known here (brandNew)'],
  ['without an amount', { type: 'deposit', usdc: null }, 'has no amount'],
  ['of a number that is none', { type: 'deposit', usdc: 'NaN' }, 'has no amount'],
  ['of nobody here', { type: 'internalTransfer', usdc: '1', user: OTHER, destination: OTHER }, 'not known here'],
  ['of another coin', send({ token: 'HYPE', user: ME, destination: OTHER, sourceDex: '', destinationDex: '' }), 'send'],
])('an entry %s makes the sum unusable, and is never left out', async (_what, entry, told) => {
  expect(await sumOf({ type: 'deposit', usdc: '1000' }, entry)).toContain(told)
})

test('all pages are added up, each entry once, and a ledger without end is given up', async () => {
  const many = Array.from({ length: 1_001 }, () => ({ type: 'deposit', usdc: '0.5' }))
  expect(await netDepositsOf(ledger(many, 300), ME)).toMatchObject({ kind: 'sum', sum: '500.5' })
  expect(await netDepositsOf(ledger(many.concat(many, many), 101), ME)).toMatchObject({
    kind: 'unusable',
    reason: expect.stringContaining('more than 20 pages'),
  })
  expect(await netDepositsOf(async () => null, ME)).toMatchObject({ kind: 'unusable' })
})

test('the sum is read only where it is asked for, and not while a transfer is booked', async () => {
  const deposits: object[] = [{ type: 'deposit', usdc: '100' }]
  let onState = () => undefined as unknown
  const ask: Ask = async (method, params) => {
    const { type } = params as { type: string }
    if (type === 'userAbstraction') return '"default"'
    if (type === 'userNonFundingLedgerUpdates') return ledger(deposits)(method, params)
    onState()
    return { marginSummary: { accountValue: '90' }, time: 5 }
  }
  expect(await hyperliquid.find(ask, { address: ME })).not.toHaveProperty('netDeposits')
  const question = { address: ME, net_deposits: true }
  expect(await hyperliquid.find(ask, question)).toMatchObject({
    equity: { value: '90' },
    netDeposits: { name: 'the sum of userNonFundingLedgerUpdates', value: expect.stringMatching(/^100/) },
  })

  onState = () => deposits.push({ type: 'withdraw', usdc: '10' })
  expect(await hyperliquid.find(ask, question)).toMatchObject({ kind: 'temporary' })
})
