import { limitWarningsOf, loadConfig } from '@drawbridge/settings'
import { expect, test } from 'vitest'

function warningsOf(file: object, env: Record<string, string> = {}): readonly string[] {
  const config = loadConfig(env, JSON.stringify(file))
  if (!config.ok) throw new Error(config.reason)
  return limitWarningsOf(config.value)
}

test('settings with a ratio for a percentage are valid, and the place of each is told', () => {
  const file = {
    limits: { max_drawdown: 0.2, max_daily_loss: 5 },
    traders: { bot1: { limits: { max_daily_loss: '0.05' } }, bot2: { limits: { max_daily_loss: 2 } } },
  }
  expect(warningsOf(file)).toEqual([
    'limits: max_drawdown is 0.2 percent; if a ratio was meant, write 20 for 20 percent',
    'traders.bot1.limits: max_daily_loss is 0.05 percent; if a ratio was meant, write 5 for 5 percent',
  ])
})

test('a ratio in a variable is told as well', () => {
  expect(warningsOf({}, { MAX_DRAWDOWN: '0.2' })).toHaveLength(1)
})

test('settings without limits have no warnings', () => {
  expect(warningsOf({})).toEqual([])
})
