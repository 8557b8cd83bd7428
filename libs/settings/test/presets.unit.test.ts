import { formatAmount, parsed } from '@drawbridge/contracts'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'
import { PRESETS } from '../src/preset-files.ts'
import { type Presets, presetNamed } from '../src/presets.ts'

const load = (file: object, env = {}) => loadConfig(env, JSON.stringify(file), {}, PRESETS)

function loaded(file: object) {
  const config = load(file)
  if (!config.ok) throw new Error(config.reason)
  return config.value
}

function faults(file: object, env = {}): readonly string[] {
  const config = load(file, env)
  return config.ok ? [] : config.reason.split('\n')
}

describe('a preset', () => {
  test('gives a trader its limits, in place of the two short forms', () => {
    const { limits } = loaded({ traders: { bot1: { preset: 'topstep-50k' } } }).traders.bot1 ?? expect.fail()
    expect(limits).toMatchObject({
      maxDailyLossPct: null,
      maxDrawdownPct: null,
      resetTime: '17:00',
      resetTimeZone: 'America/Chicago',
      named: { max_loss: { window: 'lifetime', lockPlus: 0n }, max_daily_loss: { window: 'day' } },
    })
    expect(formatAmount(limits.initialBalance ?? 0n)).toBe('50000')
  })

  test('is under what is written, and a short form that is written holds', () => {
    const written = { max_drawdown: 3, reset_time: '18:00', limits: { max_loss: { limit: { amount: 1500 } } } }
    const { limits } =
      loaded({ traders: { bot1: { preset: 'topstep-50k', limits: written } } }).traders.bot1 ?? expect.fail()
    expect(limits).toMatchObject({
      maxDailyLossPct: null,
      maxDrawdownPct: 3_00000000n,
      resetTime: '18:00',
      named: { max_loss: { window: 'lifetime', size: { kind: 'amount', amount: 1500_00000000n } } },
    })
  })

  test('may be that of all traders', () => {
    expect(loaded({ preset: 'ftmo-2-step' }).limits).toMatchObject({ maxDrawdownPct: null, named: { max_loss: {} } })
    expect(loaded({ preset: null }).limits).toEqual({})
  })

  test.each([
    [
      { traders: { bot1: { preset: 'topstp-50k' } } },
      'config.json, traders.bot1: there is no preset "topstp-50k", did you mean "topstep-50k"? (npm run drawbridge -- presets lists them)',
    ],
    [
      { preset: '../package' },
      'config.json: there is no preset "../package" (npm run drawbridge -- presets lists them)',
    ],
    [{ preset: 5 }, 'config.json: preset must be null or the name of a preset like "topstep-50k", got 5'],
    [
      { traders: { bot1: { preset: 'topstep-50k', limits: { max_daily_loss: 5 } } } },
      'config.json, traders.bot1: max_daily_loss is in preset "topstep-50k" in its long form: change it there, as "limits": {"max_daily_loss": {...}}',
    ],
  ])('%j is refused with what mends it', (file, fault) => {
    expect(faults(file)).toEqual([fault])
  })

  test('has its reports, too, and a misspelt name is a fault', () => {
    const presets = (settings: object): Presets => ({
      names: ['x'],
      text: () => parsed(JSON.stringify(preset(settings))),
    })
    const settings = { profit_target: { amount: 3000 }, min_days: 4, reset_time: '17:00' }
    expect(presetNamed(presets(settings), 'x')).toMatchObject({
      ok: true,
      value: { limits: { resetTime: '17:00', minDays: 4, profitTarget: { kind: 'amount' } } },
    })
    expect(presetNamed(presets({ reset_tim: '17:00' }), 'x')).toEqual({
      ok: false,
      reason: 'preset "x": settings: unknown field "reset_tim", did you mean "reset_time"?',
    })
  })
})

function preset(settings: object): object {
  return {
    name: 'x',
    title: 'X',
    about: 'X.',
    sources: [],
    covers: [],
    does_not_cover: [],
    conflicts: [],
    note: 'X.',
    example_balance: 1000,
    settings,
  }
}

test.each(PRESETS.names)('%s can be read, and each of its limits is complete', (name) => {
  expect(faults({ traders: { bot1: { preset: name } } })).toEqual([])
})

describe('limits in the long form', () => {
  const weekly = { window: 'week', reference: { kind: 'start' }, limit: { amount: 500 } }

  test('may be those of all traders and of one, who changes what it names', () => {
    const file = {
      limits: { limits: { weekly } },
      traders: { bot1: { limits: { limits: { weekly: { limit: { amount: 400 } } } } } },
    }
    expect(loaded(file).limits.named).toMatchObject({ weekly: { window: 'week' } })
    expect(loaded(file).traders.bot1?.limits.named).toEqual({
      weekly: { size: { kind: 'amount', amount: 400_00000000n } },
    })
  })

  test('are complete, or refused with what is missing', () => {
    const file = {
      limits: { limits: { monthly: { window: 'month', reference: { kind: 'start' } } } },
      traders: { bot1: { limits: { limits: { weekly: { ...weekly, ends: 'at' } } } } },
    }
    expect(faults(file)).toEqual([
      'config.json, limits: limits.monthly: limit is missing: an object like {"amount": 500}',
      'config.json, traders.bot1.limits: limits.weekly: ends "at" needs ends_at, like "17:00"',
    ])
  })

  test('have all their faults told at once, those of other fields beside them', () => {
    const file = {
      limits: { max_drawdown: 101, limits: { weekly: { ...weekly, windw: 'day', limit: { amount: 0 } } } },
      traders: { bot1: { limits: { max_dayly_loss: 1, limits: { weekly: { ends: 'soon' } } } } },
    }
    expect(faults(file)).toEqual([
      'config.json, limits: max_drawdown must be above 0 and at most 100, got 101',
      'config.json, limits: limits.weekly: unknown field "windw", did you mean "window"?',
      'config.json, traders.bot1: limits: unknown field "max_dayly_loss", did you mean "max_daily_loss"?',
      'config.json, traders.bot1: limits: limits.weekly: ends must be "timer", "next-window", "at" or "manual", or null for the default, got "soon"',
    ])
  })

  test('may not have the name of a short form, wherever that is written', () => {
    const named = { limits: { max_drawdown: weekly } }
    const fault =
      'config.json, limits: max_drawdown is written twice, as a percentage and in "limits": remove one of them'
    expect(faults({ limits: { max_drawdown: 20, ...named } })).toEqual([fault])
    expect(faults({ limits: named, max_drawdown: 20 })).toEqual([fault])
    expect(faults({ limits: named }, { MAX_DRAWDOWN: '20' })).toEqual([fault])
  })
})
