import { LIMITS, limitWarnings, parseLimits } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

function warningsOf(message: object): readonly string[] {
  const limits = parseLimits(message)
  if (!limits.ok) throw new Error(limits.reason)
  return limitWarnings(limits.value)
}

describe('a percentage below 1', () => {
  it.each([
    [{ max_drawdown: 0.05 }, 'max_drawdown is 0.05 percent; if a ratio was meant, write 5 for 5 percent'],
    [{ max_daily_loss: '0.125' }, 'max_daily_loss is 0.125 percent; if a ratio was meant, write 12.5 for 12.5 percent'],
    [{ warn_at_percent: 0.8 }, 'warn_at_percent is 0.8 percent; if a ratio was meant, write 80 for 80 percent'],
    [
      { max_drawdown: '0.99999999' },
      'max_drawdown is 0.99999999 percent; if a ratio was meant, write 99.999999 for 99.999999 percent',
    ],
  ])('is taken, with a warning: %j', (message, warning) => {
    expect(warningsOf(message)).toEqual([warning])
  })

  it('is told of each limit', () => {
    expect(warningsOf({ max_daily_loss: 0.05, max_drawdown: 0.2, stop_trading_minutes: 1 })).toHaveLength(2)
  })

  it.each([
    [{}],
    [{ max_daily_loss: 1, max_drawdown: '1.00000000', warn_at_percent: 100 }],
    [{ max_daily_loss: null, max_drawdown: null }],
    [{ initial_balance: 0.05, stop_trading_minutes: 1, loosen_after_minutes: 0, stale_after_seconds: 1 }],
  ])('is no other value: %j', (message) => {
    expect(warningsOf(message)).toEqual([])
  })

  it('is one of every limit that is a percentage', () => {
    const percentages = Object.values(LIMITS).filter(({ value }) => value.words.startsWith('a percentage'))
    const message = Object.fromEntries(percentages.map(({ name }) => [name, 0.5]))
    expect(percentages.length).toBeGreaterThan(2)
    expect(warningsOf(message)).toHaveLength(percentages.length)
  })
})

it('a ratio in the long form is named with its limit', () => {
  const limits = { small: { limit: { percent: 0.05, of: 'initial' } }, money: { limit: { amount: 0.05 } }, gone: null }
  expect(warningsOf({ limits })).toEqual([
    'limits.small: percent is 0.05 percent; if a ratio was meant, write 5 for 5 percent',
  ])
})
