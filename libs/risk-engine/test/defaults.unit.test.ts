import { changeLimits, tick, tickText, underAllDefaults, wake } from '@drawbridge/testing/engine'
import { describe, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const fresh = underAllDefaults({})
/** The first reading is confirmed by the next that agrees. */
const known = [tick(at('09:00'), 1000), tick(at('09:01'), 1000)]
const unconfirmed = { status: 'blocked', code: 'unconfirmed' }

describe('a trader without any settings of its own', () => {
  it('may not trade before it has reported anything that two readings agree on', () => {
    fresh
      .given()
      .when(tick(at('09:00'), 1000))
      .thenEvent({
        type: 'assessed',
        decision: { ...unconfirmed, reason: 'the first reading of 1000 is confirmed by the next one that agrees' },
        facts: [{ kind: 'reading-unconfirmed', equity: '1000' }],
        budget: null,
        state: { equity: null },
      })
    fresh
      .given(tick(at('09:00'), 1000))
      .when(tick(at('09:00:01'), 1200))
      .thenEvent({ decision: { status: 'allowed' }, state: { firstEquity: '1000', equity: '1200' } })
  })

  it('has a daily loss of 10 % until the next day, and a drawdown of 20 % for at least an hour', () => {
    fresh
      .given(...known)
      .when(tick(at('09:02'), 900))
      .thenEvent({ type: 'breach', facts: [{ rule: 'max_daily_loss', until: '2026-03-13T00:00Z' }] })
    fresh
      .given(...known, tick(at('09:02'), 900))
      .when(tick(at('09:03'), 800))
      .thenEvent({ type: 'breach', facts: [{ rule: 'max_drawdown', until: at('10:03') }] })
  })

  it('is warned at 80 % of them', () => {
    fresh
      .given(...known)
      .when(tick(at('09:02'), 920))
      .thenEvent({ type: 'warning', facts: [{ rule: 'max_daily_loss', observedPct: '8' }] })
  })

  it('waits for others to agree with a reading more than 20 % away, and moves nothing meanwhile', () => {
    fresh
      .given(...known)
      .when(tick(at('09:02'), '799.99999999'))
      .thenEvent({ type: 'assessed', decision: unconfirmed, state: { equity: '1000', pause: null } })
    fresh
      .given(...known)
      .when(tick(at('09:02'), 800))
      .thenEvent({ type: 'breach', decision: { code: 'limit' } })
  })

  it('believes it after 5 seconds of others, and drops it by one that contradicts it', () => {
    const fall = [...known, tick(at('09:02'), 700)]
    fresh
      .given(...fall)
      .when(tick(at('09:02:04.999'), 700))
      .thenEvent({ decision: unconfirmed, facts: [] })
    fresh
      .given(...fall)
      .when(tick(at('09:02:05'), 700))
      .thenEvent({ type: 'breach', facts: [{ kind: 'reading-confirmed', equity: '700' }, {}, {}] })
    fresh
      .given(...fall)
      .when(tick(at('09:02:05'), 1000))
      .thenEvent({ decision: { status: 'allowed' }, facts: [{ kind: 'reading-dropped', equity: '700' }] })
  })

  it('believes a fall that nothing contradicts for a minute, by a wake-up', () => {
    const fall = [...known, tick(at('09:02'), 700)]
    fresh
      .given(...known)
      .when(tick(at('09:02'), 700))
      .thenWakesAt(at('09:03'))
    fresh
      .given(...fall)
      .when(wake(at('09:02:59.999')))
      .thenNothing()
    fresh
      .given(...fall)
      .when(wake(at('09:03')))
      .thenEvent({ type: 'breach', state: { equity: '700' } })
  })

  it('is silent after five minutes without a reading', () => {
    fresh
      .given(...known)
      .when(wake(at('09:05:59.999')))
      .thenNothing()
    fresh
      .given(...known)
      .when(wake(at('09:06')))
      .thenEvent({ type: 'feed-stale', decision: { status: 'blocked', code: 'silent' } })
  })

  it('waits after a reading that cannot be used', () => {
    fresh
      .given(...known)
      .when(tickText(at('09:02'), '{"equity":"lots"}'))
      .thenEvent({ decision: { status: 'blocked', code: 'rejected' } })
  })

  it('forgives no loss by time', () => {
    fresh
      .given(...known, tick(at('09:02'), 800))
      .when(wake('2026-03-13T09:00Z'))
      .thenEvent({ decision: { status: 'paused', code: 'limit' } })
  })

  it('may be loosened at once', () => {
    fresh
      .given(...known)
      .when(changeLimits(at('09:02'), { max_daily_loss: null }))
      .thenEvent({ facts: [{ limits: { max_daily_loss: null } }], state: { pendingLimits: [] } })
  })

  it('is told how much may be lost until the nearest limit blocks', () => {
    fresh
      .given(...known)
      .when(tick(at('09:02'), 950))
      .thenEvent({ budget: { room: '50', limit: 'max_daily_loss', factor: '1' } })
  })
})
