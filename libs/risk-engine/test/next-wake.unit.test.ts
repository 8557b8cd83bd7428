import { BUILT_IN_CONFIGURATION, INITIAL_STATE, nextWakeAt } from '@drawbridge/risk-engine'
import { changeDefaults, changeLimits, pause, tick, tickText, under, wake } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const limits = { max_daily_loss: null, max_drawdown: 20, stop_trading_minutes: 30 } as const

describe('a wake-up', () => {
  it('is due when the pause ends', () => {
    under(limits)
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 800))
      .thenWakesAt(at('10:30'))
  })

  it('is never due for a trader that is not paused, or paused for good', () => {
    expect(nextWakeAt('bot1', INITIAL_STATE, BUILT_IN_CONFIGURATION, 0)).toBeNull()
    under(limits)
      .given()
      .when(tick(at('09:00'), 1000))
      .thenWakesAt(null)
    under(limits)
      .given(tick(at('09:00'), 1000))
      .when(pause(at('10:00')))
      .thenWakesAt(null)
  })

  it('is never due for a trader in event time', () => {
    const { after, thenWakesAt } = under({ ...limits, time_base: 'event', stale_after_seconds: 60 })
      .given(tick(at('09:00'), 1000, { at: at('09:00') }))
      .when(tick(at('10:00'), 800, { at: at('10:00') }))
    expect(after.pause?.until).toBe(Date.parse(at('10:30')))
    thenWakesAt(null)
  })

  it('is due when a silence has lasted too long, counted from the last accepted tick', () => {
    const spec = under({ ...limits, stale_after_seconds: 90 })
    spec
      .given()
      .when(tick(at('09:00'), 1000))
      .thenWakesAt(at('09:01:30'))
    spec
      .given(tick(at('09:00'), 1000))
      .when(tickText(at('09:01'), '{}'))
      .thenWakesAt(at('09:01:30'))
  })

  it('is due at once where the limits of all traders were changed to some that the last reading breaks', () => {
    for (const [time_base, ticks] of [
      ['server', [tick(at('09:00'), 1000), tick(at('09:30'), 900)]],
      ['event', [tick(at('09:00'), 1000, { at: at('09:00') }), tick(at('09:30'), 900, { at: at('09:30') })]],
    ] as const) {
      const spec = under({ ...limits, time_base })
      spec
        .given(...ticks)
        .when(changeDefaults(at('10:00'), { max_drawdown: 15 }))
        .thenWakesAt(null)
      const changed = spec.given(...ticks).when(changeDefaults(at('10:00'), { max_drawdown: 10 }))
      changed.thenWakesAt(at('10:00'))
      spec
        .given(...ticks, changeDefaults(at('10:00'), { max_drawdown: 10 }))
        .when(wake(at('10:00')))
        .thenEvent({ type: 'breach', facts: [{ kind: 'breached', rule: 'max_drawdown' }] })
    }
  })

  it('is due at a reset from which on a limit cannot be computed', () => {
    const byAmount = { window: 'day', reference: { kind: 'start', of: 'equity' }, limit: { amount: 600 } } as const
    const spec = under({ max_daily_loss: null, max_drawdown: null, confirm_jump: null, limits: { day_loss: byAmount } })
    spec
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 601))
      .thenWakesAt(null)
    spec
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 600))
      .thenWakesAt('2026-03-13T00:00Z')
  })

  it('is due at the first of what comes', () => {
    const spec = under({ ...limits, stale_after_seconds: 3_600, loosen_after_minutes: 45 })
    const breach = [tick(at('09:00'), 1000), tick(at('10:00'), 800)]
    spec
      .given()
      .when(tick(at('09:00'), 1000))
      .thenWakesAt(at('10:00'))
    spec
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 800))
      .thenWakesAt(at('10:30'))
    spec
      .given(...breach)
      .when(changeLimits(at('10:00'), { max_drawdown: 30 }))
      .thenWakesAt(at('10:30'))
    spec
      .given(...breach)
      .when(changeLimits(at('10:00'), { stop_trading_minutes: 5 }))
      .thenWakesAt(at('10:30'))
    spec
      .given(tick(at('09:30'), 1000))
      .when(changeLimits(at('09:40'), { max_drawdown: 30 }))
      .thenWakesAt(at('10:25'))
  })

  it('follows the defaults as they change', () => {
    under({ ...limits, stale_after_seconds: 3_600 })
      .given(tick(at('09:00'), 1000))
      .when(changeDefaults(at('09:10'), { stale_after_seconds: 900 }))
      .thenWakesAt(at('09:15'))
  })
})
