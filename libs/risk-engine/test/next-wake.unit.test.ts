import { INITIAL_STATE, nextWakeAt } from '@drawbridge/risk-engine'
import { describe, expect, it } from 'vitest'
import { pause, tick, under } from './specification.ts'

const at = (time: string) => `2026-03-12T${time}Z`
const limits = { max_daily_loss: null, max_drawdown: 20, stop_trading_minutes: 30 } as const

describe('a wake-up', () => {
  it('is due when the pause ends', () => {
    const { after } = under(limits)
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 800))
    expect(nextWakeAt(after)).toBe(Date.parse(at('10:30')))
  })

  it('is never due for a trader that is not paused, or paused for good', () => {
    expect(nextWakeAt(INITIAL_STATE)).toBeNull()
    const running = under(limits)
      .given()
      .when(tick(at('09:00'), 1000))
    expect(nextWakeAt(running.after)).toBeNull()
    const held = under(limits)
      .given(tick(at('09:00'), 1000))
      .when(pause(at('10:00')))
    expect(nextWakeAt(held.after)).toBeNull()
  })

  it('is never due for a trader in event time', () => {
    const { after } = under({ ...limits, time_base: 'event' })
      .given(tick(at('09:00'), 1000, { at: at('09:00') }))
      .when(tick(at('10:00'), 800, { at: at('10:00') }))
    expect(after.pause?.until).toBe(Date.parse(at('10:30')))
    expect(nextWakeAt(after)).toBeNull()
  })
})
