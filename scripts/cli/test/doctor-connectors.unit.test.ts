import { loadConfig } from '@drawbridge/settings'
import { expect, test } from 'vitest'
import { checkConnectors } from '../doctor/connectors.ts'

async function found(connectors: object, traders: object = {}) {
  const config = loadConfig({}, JSON.stringify({ limits: { max_daily_loss: 5 }, connectors, traders }))
  if (!config.ok) throw new Error(config.reason)
  return checkConnectors(config.value)
}

const READS = { adapter: 'generic', equity_url: 'http://127.0.0.1:1/x', equity_at: '/equity', currency: 'USD' }

test('a trader whose only connector cannot block is a warning that says what its bot has to do', async () => {
  expect(await found({ bot1: READS })).toMatchObject([
    { status: 'ok' },
    { status: 'warning', found: expect.stringContaining('no connector stops entries of bot1') },
  ])
})

test('where one can block, or none shall, there is no warning', async () => {
  const blocks = { ...READS, block_url: 'http://127.0.0.1:1/block', unblock_url: 'http://127.0.0.1:1/unblock' }
  expect(await found({ bot1: blocks })).toMatchObject([{ status: 'ok' }])
  expect(await found({ bot1: { ...READS, acts: false } })).toMatchObject([{ status: 'ok' }])
})

test('a connector for a trader that traders does not have is a warning with the one that was meant', async () => {
  expect(await found({ bot1: { ...READS, acts: false, trader: 'btc-mian' } }, { 'btc-main': {} })).toMatchObject([
    { status: 'ok' },
    { status: 'warning', found: expect.stringContaining('did you mean "btc-main"?') },
  ])
})
