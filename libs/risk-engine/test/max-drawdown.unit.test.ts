import { tick, under } from '@drawbridge/testing/engine'
import { describe, it } from 'vitest'

// No warnings here: what is said of breaches is said of breaches alone.
const limits = { max_daily_loss: null, max_drawdown: 20, stop_trading_minutes: 30, warn_at_percent: 100 } as const
const at = (time: string) => `2026-03-12T${time}Z`

describe('max_drawdown', () => {
  it.each([
    { name: 'a decline of exactly the limit breaches', peak: 1000, equity: 800, type: 'breach' },
    { name: 'one unit less does not', peak: 1000, equity: '800.00000001', type: 'assessed' },
    { name: 'one unit more breaches', peak: 1000, equity: '799.99999999', type: 'breach' },
    {
      name: 'a peak that no percentage divides evenly, above',
      peak: '3.00000001',
      equity: '2.40000001',
      type: 'assessed',
    },
    { name: 'a peak that no percentage divides evenly, below', peak: '3.00000001', equity: '2.4', type: 'breach' },
  ])('$name', ({ peak, equity, type }) => {
    under(limits)
      .given(tick(at('09:00'), peak))
      .when(tick(at('10:00'), equity))
      .thenEvent({ type })
  })

  it('trails the peak: it is measured from the highest equity so far', () => {
    const before = [tick(at('09:00'), 1000), tick(at('09:10'), 2000), tick(at('09:20'), 1700)]
    under(limits)
      .given(...before)
      .when(tick(at('10:00'), 1600))
      .thenEvent({
        type: 'breach',
        facts: [{ rule: 'max_drawdown', loss: '400', base: '2000', observedPct: '20', limitPct: '20' }],
        drawdownPct: '20',
      })
    under(limits)
      .given(...before)
      .when(tick(at('10:00'), 1601))
      .thenEvent({ type: 'assessed', state: { peakEquity: '2000' } })
  })

  it('counts a new peak before it judges', () => {
    under(limits)
      .given(tick(at('09:00'), 1000))
      .when(tick(at('09:01'), 1001))
      .thenEvent({ drawdownPct: '0', state: { peakEquity: '1001' } })
  })

  it('keeps its peak over the daily reset', () => {
    under(limits)
      .given(tick(at('09:00'), 1000), tick(at('10:00'), 850))
      .when(tick('2026-03-15T10:00Z', 800))
      .thenEvent({ type: 'breach' })
  })

  it.each([
    { peak: 0, reason: 'what it is measured from is 0' },
    { peak: -1, reason: 'what it is measured from is -1' },
  ])('blocks entries where its peak of $peak leaves nothing to decline from, and says so', ({ peak, reason }) => {
    under(limits)
      .given()
      .when(tick(at('09:00'), peak))
      .thenEvent({
        decision: { status: 'blocked', code: 'uncomputable', reason: `max_drawdown cannot be computed: ${reason}` },
        facts: [{ kind: 'uncomputable', rule: 'max_drawdown', reason }],
      })
    under(limits)
      .given(tick(at('09:00'), peak))
      .when(tick(at('10:00'), 1000))
      .thenEvent({
        decision: { status: 'allowed' },
        facts: [{ kind: 'uncomputable', rule: 'max_drawdown', reason: null }],
      })
  })

  it('starts from the configured initial balance, so that the first tick can breach', () => {
    under({ ...limits, initial_balance: 1000 })
      .given()
      .when(tick(at('09:00'), 750))
      .thenEvent({ type: 'breach', drawdownPct: '25', state: { peakEquity: '1000' } })
  })

  it('starts from the first equity where no initial balance is configured', () => {
    under(limits)
      .given()
      .when(tick(at('09:00'), 750))
      .thenEvent({ type: 'assessed', drawdownPct: '0', state: { peakEquity: '750' } })
  })

  it('is not judged where it is null', () => {
    under({ ...limits, max_drawdown: null })
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 1))
      .thenEvent({ type: 'assessed', drawdownPct: '99.9' })
  })

  it('pauses by timer by default', () => {
    under(limits)
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 800))
      .thenEvent({ decision: { status: 'paused', until: at('10:30') } })
  })
})
