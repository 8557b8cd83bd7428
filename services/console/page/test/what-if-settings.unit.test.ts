import { describe, expect, test } from 'vitest'
import { knobsOf, turnedLimits } from '../src/views/what-if/knobs.ts'
import { changeOf, type Preset, proposalOf, settingOf, settingText } from '../src/views/what-if/setting.ts'

const IN_FORCE = {
  max_daily_loss: '5',
  max_drawdown: null,
  stop_trading_minutes: 60,
  limits: { trailing: { window: 'day', reference: { kind: 'peak' }, limit: { amount: '2000' } } },
} as const
const FIRM: Preset = {
  name: 'firm',
  title: 'A firm',
  limits: {
    max_daily_loss: null,
    max_drawdown: null,
    limits: { overall: { limit: { percent: '10', of: 'initial' } } },
  },
}

describe('the sliders of limits', () => {
  test('are one for the size of each limit, and one for the shortest pause', () => {
    const knobs = knobsOf(IN_FORCE).map(({ name, value, unit }) => ({ name, value, unit }))
    expect(knobs).toEqual([
      { name: 'max_daily_loss', value: 5, unit: '%' },
      { name: 'trailing', value: 2000, unit: '' },
      { name: 'stop_trading_minutes', value: 60, unit: 'min' },
    ])
  })

  test('change what was turned and nothing else', () => {
    const turned = { max_daily_loss: '4.5', trailing: '1500', stop_trading_minutes: '30', unknown: '1' }
    expect(turnedLimits(IN_FORCE, turned)).toEqual({
      max_daily_loss: '4.5',
      stop_trading_minutes: 30,
      limits: { trailing: { limit: { amount: '1500' } } },
    })
    expect(turnedLimits(IN_FORCE, {})).toEqual({})
  })
})

describe('a setting', () => {
  test('is the same after it was in an address', () => {
    const setting = { preset: 'firm', turned: { overall: '8', stop_trading_minutes: '30' } }
    expect(settingOf(settingText(setting))).toEqual(setting)
  })

  test('takes nothing from an address that is no number', () => {
    expect(settingOf('max_daily_loss:4,max_drawdown:1e9,<b>:1,other:-1')).toEqual({
      preset: null,
      turned: { max_daily_loss: '4' },
    })
  })

  test('of a preset takes the place of all limits, with its own sliders turned', () => {
    const change = changeOf({ preset: 'firm', turned: { overall: '8' } }, IN_FORCE, [FIRM])
    expect(change).toEqual({
      max_daily_loss: null,
      max_drawdown: null,
      limits: { trailing: null, overall: { limit: { percent: '8', of: 'initial' } } },
    })
  })

  test('of a preset keeps nothing of a limit that has the same name', () => {
    const inForce = { limits: { overall: { lock: { initial_plus: '0' }, limit: { amount: '1' } } } } as const
    expect(changeOf({ preset: 'firm', turned: {} }, inForce, [FIRM])?.limits).toEqual({
      overall: expect.objectContaining({ lock: null, tiers: null, limit: { percent: '10', of: 'initial' } }),
    })
  })

  test('is proposed to Operate limit by limit', () => {
    const change = { max_daily_loss: '4', max_drawdown: null, limits: { trailing: null } }
    expect(proposalOf(change)).toEqual({
      do: 'limits',
      max_daily_loss: '4',
      max_drawdown: 'null',
      limits: '{"trailing":null}',
    })
  })

  test('of a preset that is not there changes nothing that could be judged', () => {
    expect(changeOf({ preset: 'gone', turned: {} }, IN_FORCE, [FIRM])).toBeNull()
  })
})
