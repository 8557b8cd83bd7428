import { changeLimits, tick, under } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const limits = { max_daily_loss: 10, max_drawdown: 20 } as const
const inDollars = (time: string, equity = 1000) => tick(at(time), equity, { currency: 'USD' })
const inEuros = (time: string, equity = 1000) => tick(at(time), equity, { currency: 'EUR' })

const rejected = (reason: string) => ({
  type: 'tick-rejected',
  facts: [{ kind: 'tick-rejected', reason, cause: 'invalid' }],
})

describe('the currency of an account', () => {
  it('is that of the first tick that names one', () => {
    under(limits)
      .given(tick(at('09:00'), 1000))
      .when(inDollars('09:01'))
      .thenEvent({
        type: 'assessed',
        facts: [{ kind: 'currency-set', currency: 'USD' }],
        state: { currency: 'USD' },
      })
    under(limits).given(inDollars('09:00')).when(inDollars('09:01')).thenEvent({ type: 'assessed', facts: [] })
  })

  it('is not that of a tick that is rejected', () => {
    const { after } = under({ ...limits, time_base: 'event' })
      .given()
      .when(inDollars('09:00'))
    expect(after.currency).toBeNull()
  })

  it('is the configured one, whatever ticks have named before', () => {
    under({ ...limits, currency: 'EUR' })
      .given()
      .when(inDollars('09:00'))
      .thenEvent(rejected("currency is USD; the account's is EUR"))
    under(limits)
      .given(inDollars('09:00'), changeLimits(at('09:30'), { currency: 'EUR' }))
      .when(inEuros('10:00'))
      .thenEvent({ type: 'assessed', facts: [] })
  })
})

describe('a tick that names another currency', () => {
  it('is rejected, however often it comes', () => {
    const wrong = ['09:01', '09:02', '09:03', '09:04', '09:05', '09:06'].map((time) => inEuros(time, 1))
    const { before, after, thenEvent } = under(limits)
      .given(inDollars('09:00'), ...wrong)
      .when(inEuros('10:00', 1))
    thenEvent({ ...rejected("currency is EUR; the account's is USD"), decision: { code: 'rejected' } })
    const { version, inputSeq, time } = after
    expect(after).toEqual({ ...before, version, inputSeq, time })
  })

  it('is one of another spelling', () => {
    under(limits)
      .given(inDollars('09:00'))
      .when(tick(at('10:00'), 1000, { currency: 'usd' }))
      .thenEvent(rejected("currency is usd; the account's is USD"))
  })

  it('is one that cannot be read, where the currency is known', () => {
    under(limits)
      .given(inDollars('09:00'))
      .when(tick(at('10:00'), 1000, { currency: 840 }))
      .thenEvent(
        rejected(
          'currency must be a currency like "USD", 1 to 16 ASCII characters without spaces, got 840; the account\'s is USD',
        ),
      )
    under(limits)
      .given()
      .when(tick(at('10:00'), 1000, { currency: 840 }))
      .thenEvent({ type: 'assessed', state: { equity: '1000' } })
  })

  it.each([{}, { currency: null }])('is none that names no currency: %j', (more) => {
    under(limits)
      .given(inDollars('09:00'))
      .when(tick(at('10:00'), 990, more))
      .thenEvent({ type: 'assessed', state: { equity: '990', currency: 'USD' } })
  })
})
