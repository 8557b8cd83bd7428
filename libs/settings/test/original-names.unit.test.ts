import { expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'

const text = (value: unknown) => JSON.stringify(value)

test('limits and flags may have the names that NOFX gave them', () => {
  const file = text({
    max_daily_loss: 5.0,
    max_drawdown: 20.0,
    stop_trading_minutes: 30,
    feature_flags: { enable_persistence: false, enable_risk_enforcement: false },
  })
  expect(loadConfig({}, file)).toMatchObject({
    ok: true,
    value: {
      limits: { maxDailyLossPct: 500_000_000n, maxDrawdownPct: 2_000_000_000n, stopTradingMinutes: 30 },
      persistence: false,
      enforcement: false,
    },
  })
})

test('their variables win over the file', () => {
  const env = { MAX_DAILY_LOSS: '2.50', MAX_DRAWDOWN: '15', STOP_TRADING_MINUTES: '45' }
  expect(loadConfig(env, text({ max_daily_loss: 5, limits: { max_drawdown: 20, reset_time: '17:00' } }))).toMatchObject(
    {
      ok: true,
      value: {
        limits: {
          maxDailyLossPct: 250_000_000n,
          maxDrawdownPct: 1_500_000_000n,
          stopTradingMinutes: 45,
          resetTime: '17:00',
        },
      },
    },
  )
})

test.each([
  [
    { max_daily_loss: 5, limits: { max_daily_loss: 5 } },
    'config.json: max_daily_loss is set by limits.max_daily_loss too; remove max_daily_loss',
  ],
  [
    { feature_flags: { enable_persistence: true }, enable_persistence: true },
    'config.json: feature_flags.enable_persistence is set by enable_persistence too; remove feature_flags.enable_persistence',
  ],
])('a setting that is written twice, in %j, is refused with which to remove', (file, reason) => {
  expect(loadConfig({}, text(file))).toEqual({ ok: false, reason })
})

test.each([
  [{}, { max_daily_loss: 101 }, 'config.json: max_daily_loss must be above 0 and at most 100, got 101'],
  [{}, { max_drawdwon: 5 }, 'config.json: unknown field "max_drawdwon", did you mean "max_drawdown"?'],
  [
    {},
    { feature_flags: { enable_persistance: true } },
    'config.json, feature_flags: unknown field "enable_persistance", did you mean "enable_persistence"?',
  ],
  [{ MAX_DRAWDOWN: '0' }, {}, 'MAX_DRAWDOWN: must be above 0 and at most 100, got 0'],
  [{ STOP_TRADING_MINUTES: 'an hour' }, {}, 'STOP_TRADING_MINUTES: must be whole minutes, 1 to 525600'],
  [{ STOP_TRADING_MINUTES: '1e3' }, {}, 'STOP_TRADING_MINUTES: must be whole minutes, 1 to 525600'],
])('the environment %j with the file %j is refused with what is wrong and where', (env, file, fault) => {
  expect(loadConfig(env, text(file))).toEqual({ ok: false, reason: expect.stringContaining(fault) })
})
