import { expect, test } from 'vitest'
import { elsewhere } from '../src/core/elsewhere.ts'

test.each(['/api/traders/bot1/equity', '/api/traders/binance:btc/can-trade'])(
  '%s is answered by the trader service',
  (path) => {
    expect(elsewhere(path)).toMatch(/trader service, on TRADER_PORT/)
  },
)

test.each(['/', '/api/traders/bot1/equities', '/api/traders/equity', '/api/trader/bot1/equity'])(
  '%s is answered nowhere',
  (path) => {
    expect(elsewhere(path)).toBeNull()
  },
)
