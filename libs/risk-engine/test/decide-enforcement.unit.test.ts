import { enforcement, pause, tick, under, wake } from '@drawbridge/testing/engine'
import { describe, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const limits = { max_daily_loss: 5, max_drawdown: 20, stop_trading_minutes: 30 } as const
const first = tick(at('09:00'), 1000)
const off = enforcement(at('09:30'), false)

describe('enforcement off', () => {
  it('records a breach and pauses nothing', () => {
    under(limits)
      .given(first, off)
      .when(tick(at('10:00'), 950))
      .thenEvent({
        type: 'breach',
        decision: { status: 'allowed', until: null, reason: null },
        facts: [{ kind: 'breached', rule: 'max_daily_loss', enforced: false, until: null, loss: '50', limitPct: '5' }],
        state: { pause: null, unenforced: ['max_daily_loss'] },
      })
  })

  it('records it once as long as the limit stays broken', () => {
    under(limits)
      .given(first, off, tick(at('10:00'), 950))
      .when(tick(at('10:01'), 900))
      .thenEvent({ type: 'assessed', facts: [] })
  })

  it('records it again after the limit held in between', () => {
    under(limits)
      .given(first, off, tick(at('10:00'), 950), tick(at('10:01'), 951))
      .when(tick(at('10:02'), 950))
      .thenEvent({ type: 'breach' })
  })

  it('records each rule by itself', () => {
    under(limits)
      .given(first, off, tick(at('10:00'), 950))
      .when(tick(at('10:01'), 800))
      .thenEvent({
        type: 'breach',
        facts: [{ rule: 'max_drawdown' }],
        state: { unenforced: ['max_daily_loss', 'max_drawdown'] },
      })
    under(limits)
      .given(first, off, tick(at('10:00'), 800))
      .when(tick(at('10:01'), 900))
      .thenEvent({ type: 'assessed', state: { unenforced: ['max_daily_loss'] } })
  })

  it('records the loss of a new day, though that of the day before was recorded', () => {
    under({ ...limits, max_drawdown: null })
      .given(first, off, tick(at('10:00'), 900))
      .when(tick('2026-03-13T10:00Z', 800))
      .thenEvent({
        type: 'breach',
        facts: [{ kind: 'day-started' }, { kind: 'breached', loss: '100', enforced: false }],
      })
    under(limits)
      .given(first, off, tick(at('10:00'), 800))
      .when(tick('2026-03-13T10:00Z', 799))
      .thenEvent({ type: 'day-started', state: { unenforced: ['max_drawdown'] } })
  })

  it('rebases nothing, as no pause ends', () => {
    under(limits)
      .given(first, off, tick(at('10:00'), 700))
      .when(tick(at('23:00'), 700))
      .thenEvent({ state: { peakEquity: '1000', dayEquity: '1000' } })
  })
})

describe('switching enforcement off', () => {
  const paused = [first, tick(at('10:00'), 800)]
  it('lifts an active limit pause', () => {
    under(limits)
      .given(...paused)
      .when(enforcement(at('10:10'), false))
      .thenEvent({
        type: 'resumed',
        decision: { status: 'allowed' },
        facts: [
          {
            kind: 'resumed',
            at: at('10:10'),
            cause: 'enforcement-off',
            holders: ['max_daily_loss', 'max_drawdown'],
            by: null,
          },
          { kind: 'baseline-rebased', to: '800' },
          { kind: 'peak-rebased', to: '800' },
        ],
      })
  })

  it("leaves an operator's hold", () => {
    under(limits)
      .given(first, pause(at('09:30'), at('12:00')), tick(at('10:00'), 800))
      .when(enforcement(at('10:10'), false))
      .thenEvent({
        type: 'paused',
        decision: { status: 'paused', until: at('12:00'), reason: 'operator: holiday' },
        facts: [{ kind: 'resumed', holders: ['max_daily_loss', 'max_drawdown'] }, {}, {}],
        state: { pause: { since: at('09:30'), holds: [{ holder: 'operator' }] } },
      })
  })

  it('does nothing to a trader that no limit holds', () => {
    under(limits)
      .given(first)
      .when(enforcement(at('10:10'), false))
      .thenNothing()
    under(limits)
      .given(first, pause(at('09:30')))
      .when(enforcement(at('10:10'), false))
      .thenNothing()
    under(limits)
      .given()
      .when(enforcement(at('10:10'), false))
      .thenNothing()
  })

  it('lets time pass first: a pause that was over ended by time', () => {
    under({ ...limits, daily_loss_ends: 'timer' })
      .given(...paused)
      .when(enforcement(at('11:00'), false))
      .thenEvent({ type: 'resumed', facts: [{ kind: 'resumed', cause: 'time', at: at('10:30') }, {}, {}] })
  })

  it('leaves no timer behind', () => {
    under(limits)
      .given(...paused, enforcement(at('10:10'), false))
      .when(wake(at('10:30')))
      .thenNothing()
  })
})

describe('switching enforcement on again', () => {
  it('does nothing by itself', () => {
    under(limits)
      .given(first, off, tick(at('10:00'), 800))
      .when(enforcement(at('10:10'), true))
      .thenNothing()
    under(limits)
      .given(first, tick(at('10:00'), 800))
      .when(enforcement(at('10:10'), true))
      .thenNothing()
  })

  it('judges at the next tick, what was recorded before included', () => {
    under(limits)
      .given(first, off, tick(at('10:00'), 800), enforcement(at('10:10'), true))
      .when(tick(at('10:11'), 800))
      .thenEvent({
        type: 'breach',
        decision: { status: 'paused', until: '2026-03-13T00:00Z' },
        facts: [
          { rule: 'max_daily_loss', enforced: true },
          { rule: 'max_drawdown', enforced: true },
        ],
        state: { unenforced: [] },
      })
  })

  it('pauses nothing where the limits hold by then', () => {
    under(limits)
      .given(first, off, tick(at('10:00'), 800), enforcement(at('10:10'), true))
      .when(tick(at('10:11'), 1000))
      .thenEvent({ type: 'assessed', decision: { status: 'allowed' }, state: { unenforced: [] } })
  })
})
