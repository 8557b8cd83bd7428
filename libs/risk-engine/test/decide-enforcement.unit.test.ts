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
  const off1010 = enforcement(at('10:10'), false)

  it('keeps the holds of limits without applying them', () => {
    under(limits)
      .given(...paused)
      .when(off1010)
      .thenEvent({
        type: 'resumed',
        decision: { status: 'allowed', code: 'ok', until: null, reason: null },
        facts: [{ kind: 'enforcement', at: at('10:10'), enforced: false }],
        state: {
          enforced: false,
          pause: { holds: [{ holder: 'limit:max_daily_loss' }, { holder: 'limit:max_drawdown' }] },
        },
      })
  })

  it("goes on applying an operator's hold", () => {
    under(limits)
      .given(first, pause(at('09:30'), at('12:00')), tick(at('10:00'), 800))
      .when(off1010)
      .thenEvent({
        type: 'paused',
        decision: { status: 'paused', code: 'operator', until: at('12:00'), reason: 'operator: holiday' },
        facts: [{ kind: 'enforcement', enforced: false }],
        state: { pause: { since: at('09:30') } },
      })
  })

  it('does nothing to a trader that no limit holds', () => {
    under(limits).given(first).when(off1010).thenNothing()
    under(limits)
      .given(first, pause(at('09:30'), at('12:00')))
      .when(off1010)
      .thenNothing()
    under(limits).given().when(off1010).thenNothing()
  })

  it('lets time pass first: a pause that was over ended by time', () => {
    under({ ...limits, daily_loss_ends: 'timer', on_end: 'rebase' })
      .given(...paused)
      .when(enforcement(at('11:00'), false))
      .thenEvent({
        type: 'resumed',
        facts: [{ kind: 'resumed', cause: 'time', at: at('10:30') }, {}, {}, { kind: 'enforcement' }],
      })
  })

  it('ends no hold: one that is over and whose limit holds again ends by time, without being told to a gate', () => {
    under(limits)
      .given(...paused, off1010)
      .when(wake(at('10:30')))
      .thenNothing()
    under({ ...limits, daily_loss_ends: 'timer' })
      .given(...paused, off1010)
      .when(tick(at('10:31'), 1000))
      .thenEvent({ type: 'resumed', facts: [{ kind: 'resumed', cause: 'time' }], state: { pause: null } })
  })

  it('lets a limit that holds go on holding: it breaks again neither enforced nor unenforced', () => {
    under(limits)
      .given(...paused, off1010)
      .when(tick(at('10:11'), 700))
      .thenEvent({ type: 'assessed', facts: [], decision: { status: 'allowed' }, state: { unenforced: [] } })
  })
})

describe('switching enforcement on again', () => {
  it('judges at once, by the last reading, what was recorded before included', () => {
    under(limits)
      .given(first, off, tick(at('10:00'), 800))
      .when(enforcement(at('10:10'), true))
      .thenEvent({
        type: 'breach',
        decision: { status: 'paused', until: '2026-03-13T00:00Z' },
        facts: [
          { kind: 'enforcement', enforced: true },
          { rule: 'max_daily_loss', enforced: true },
          { rule: 'max_drawdown', enforced: true },
        ],
        state: { unenforced: [] },
      })
  })

  it('forgives nothing: the holds that were kept apply again', () => {
    under(limits)
      .given(first, tick(at('10:00'), 800), enforcement(at('10:10'), false))
      .when(enforcement(at('10:20'), true))
      .thenEvent({
        type: 'paused',
        decision: { status: 'paused', code: 'limit', until: '2026-03-13T00:00Z' },
        facts: [{ kind: 'enforcement', at: at('10:20'), enforced: true }],
        state: { pause: { since: at('10:00') } },
      })
  })

  it('does nothing where it was on', () => {
    under(limits)
      .given(first, tick(at('10:00'), 800))
      .when(enforcement(at('10:10'), true))
      .thenNothing()
  })

  it('does nothing where the limits hold by then', () => {
    under(limits)
      .given(first, off, tick(at('10:00'), 800), tick(at('10:05'), 1000))
      .when(enforcement(at('10:10'), true))
      .thenNothing()
    under(limits)
      .given(first, off, tick(at('10:00'), 800), tick(at('10:05'), 1000), enforcement(at('10:10'), true))
      .when(tick(at('10:11'), 1000))
      .thenEvent({ type: 'assessed', decision: { status: 'allowed' }, state: { unenforced: [] } })
  })
})
