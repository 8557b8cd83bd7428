import {
  cashFlow,
  changeLimits,
  enforcement,
  pause,
  resume,
  tick,
  tickText,
  under,
  wake,
} from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

const limits = { max_daily_loss: 10, max_drawdown: null, stop_trading_minutes: 30 } as const
const at = (time: string) => `2026-03-12T${time}Z`
const first = tick(at('09:00'), 1000)
const warned = tick(at('10:00'), 920)

describe('a warning', () => {
  it.each([
    { name: 'begins at 80 % of a limit where nothing else is said', warnAt: undefined, equity: 920, type: 'warning' },
    { name: 'does not begin one unit before', warnAt: undefined, equity: '920.00000001', type: 'assessed' },
    { name: 'begins at another percentage where one is set', warnAt: 50, equity: 950, type: 'warning' },
    { name: 'does not begin one unit before that', warnAt: 50, equity: '950.00000001', type: 'assessed' },
    { name: 'begins at a fraction of a percent, exactly', warnAt: '0.00000001', equity: '999.99999', type: 'warning' },
    { name: 'is never given at 100 %: that is the breach', warnAt: 100, equity: '900.00000001', type: 'assessed' },
    { name: 'is not given without a loss', warnAt: '0.00000001', equity: 1000, type: 'assessed' },
    { name: 'is not given of a limit that is broken by the same input', warnAt: 80, equity: 900, type: 'breach' },
  ])('$name', ({ warnAt, equity, type }) => {
    under({ ...limits, ...(warnAt === undefined ? {} : { warn_at_percent: warnAt }) })
      .given(first)
      .when(tick(at('10:00'), equity))
      .thenEvent({ type })
  })

  it('names the rule, the loss in percent and the limit, and pauses nothing', () => {
    under(limits)
      .given(first)
      .when(tick(at('10:00'), 915))
      .thenEvent({
        type: 'warning',
        decision: { status: 'allowed', until: null, reason: null },
        facts: [{ kind: 'warned', rule: 'max_daily_loss', observedPct: '8.5', limitPct: '10' }],
        state: { warned: ['max_daily_loss'], pause: null },
      })
  })

  it('is given once, as long as the loss stays there', () => {
    under(limits)
      .given(first, warned)
      .when(tick(at('10:01'), 910))
      .thenEvent({ type: 'assessed', facts: [], state: { warned: ['max_daily_loss'] } })
  })

  it('is given again after the loss was smaller in between', () => {
    under(limits)
      .given(first, warned)
      .when(tick(at('10:01'), '920.00000001'))
      .thenEvent({ type: 'assessed', state: { warned: [] } })
    under(limits)
      .given(first, warned, tick(at('10:01'), '920.00000001'))
      .when(tick(at('10:02'), 920))
      .thenEvent({ type: 'warning' })
  })

  it('is of each rule by itself, daily loss first', () => {
    const both = { ...limits, max_drawdown: 20 }
    under(both)
      .given(first, tick(at('09:30'), 1050), tick(at('10:00'), 930))
      .when(tick(at('10:01'), 919))
      .thenEvent({ facts: [{ rule: 'max_daily_loss' }], state: { warned: ['max_daily_loss'] } })
    under(both)
      .given(tick(at('09:00'), 1100), tick(at('10:00'), 1000), tick('2026-03-13T09:00Z', 1000))
      .when(tick('2026-03-13T10:00Z', 915))
      .thenEvent({
        type: 'warning',
        facts: [{ rule: 'max_drawdown', observedPct: '16.81818181' }],
        state: { warned: ['max_drawdown'] },
      })
    under({ ...both, max_drawdown: 10 })
      .given(first)
      .when(warned)
      .thenEvent({ facts: [{ rule: 'max_daily_loss' }, { rule: 'max_drawdown' }] })
  })

  it('of one rule comes in the same event as the breach of another', () => {
    under({ ...limits, max_drawdown: 11 })
      .given(first)
      .when(tick(at('10:00'), 900))
      .thenEvent({
        type: 'breach',
        facts: [
          { kind: 'breached', rule: 'max_daily_loss' },
          { kind: 'warned', rule: 'max_drawdown' },
        ],
      })
  })

  it('is not given of a rule that holds the pause', () => {
    const held = [first, tick(at('10:00'), 900), tick(at('10:01'), 960)]
    under(limits)
      .given(...held)
      .when(tick(at('10:02'), 915))
      .thenEvent({ type: 'assessed', decision: { status: 'paused' }, facts: [], state: { warned: [] } })
  })

  it('is given while an operator holds the pause', () => {
    under(limits)
      .given(first, pause(at('09:30')))
      .when(warned)
      .thenEvent({ type: 'warning', decision: { status: 'paused' } })
  })

  it('is not given on the way back from a breach', () => {
    const off = enforcement(at('09:30'), false)
    under(limits)
      .given(first, off, tick(at('10:00'), 900))
      .when(tick(at('10:01'), 910))
      .thenEvent({ type: 'assessed', facts: [], state: { unenforced: [], warned: ['max_daily_loss'] } })
  })

  it('is given while enforcement is off', () => {
    under(limits)
      .given(first, enforcement(at('09:30'), false))
      .when(warned)
      .thenEvent({ type: 'warning' })
  })

  it('comes once more on a new day, whose baseline is another one, even by the input that begins it', () => {
    under(limits)
      .given(first, warned)
      .when(tick('2026-03-13T09:00Z', 828))
      .thenEvent({
        type: 'day-started',
        facts: [{ kind: 'day-started' }, { kind: 'warned', rule: 'max_daily_loss', observedPct: '9.2' }],
      })
  })

  it('of a drawdown is not given again because a day begins', () => {
    under({ ...limits, max_daily_loss: null, max_drawdown: 10 })
      .given(first, warned)
      .when(tick('2026-03-13T09:00Z', 920))
      .thenEvent({ type: 'day-started', facts: [{ kind: 'day-started' }], state: { warned: ['max_drawdown'] } })
  })

  it('is given after an operator has forgiven a loss, by a loss from there', () => {
    const rebase = { holder: 'limit:max_daily_loss', rebase: true, reason: 'a wrong price' }
    const forgiven = [first, tick(at('10:00'), 900), resume(at('10:10'), rebase)]
    under(limits)
      .given(...forgiven)
      .when(tick(at('10:11'), 825))
      .thenEvent({ type: 'assessed', state: { warned: [] } })
    under(limits)
      .given(...forgiven)
      .when(tick(at('10:11'), 820))
      .thenEvent({ type: 'warning', facts: [{ observedPct: '8' }] })
  })

  it('is given after a pause that outlived its day, as the loss of the new day was not told while it held', () => {
    const longer = { ...limits, stop_trading_minutes: 1_440 }
    const held = [first, tick(at('10:00'), 900), tick('2026-03-13T09:00Z', 815)]
    under(longer)
      .given(...held)
      .when(tick('2026-03-13T10:00Z', 815))
      .thenEvent({ type: 'resumed', facts: [{ kind: 'resumed' }, { kind: 'warned', observedPct: '8.5' }] })
  })

  it.each([
    { name: 'a cash flow that changes no percentage', input: cashFlow(at('11:00'), -500) },
    {
      name: 'a change of limits that does not bring them near',
      input: changeLimits(at('11:00'), { max_daily_loss: 9 }),
    },
    { name: 'a rejected tick', input: tickText(at('11:00'), '{}') },
  ])('is not given by $name', ({ input }) => {
    const { decision, after } = under(limits)
      .given(first, tick(at('10:00'), 930))
      .when(input)
    expect(decision.kind === 'event' && decision.event.facts.map(({ kind }) => kind)).not.toContain('warned')
    expect(after.warned).toEqual([])
  })

  it('is given by a change of limits that brings them near, once', () => {
    under(limits)
      .given(first, tick(at('10:00'), 930))
      .when(changeLimits(at('10:10'), { max_daily_loss: 8 }))
      .thenEvent({ type: 'warning', facts: [{ kind: 'limits-changed' }, { observedPct: '7', limitPct: '8' }] })
    under(limits)
      .given(first, tick(at('10:00'), 930))
      .when(changeLimits(at('10:10'), { warn_at_percent: 60 }))
      .thenEvent({ type: 'warning' })
    under(limits)
      .given(first, tick(at('10:00'), 930), changeLimits(at('10:10'), { max_daily_loss: 8 }))
      .when(tick(at('10:11'), 930))
      .thenEvent({ type: 'assessed', facts: [] })
  })

  it('is over where a limit is not judged any more', () => {
    under(limits)
      .given(first, warned, changeLimits(at('10:10'), { max_daily_loss: null }))
      .when(tick(at('10:11'), 920))
      .thenEvent({ type: 'assessed', state: { warned: [] } })
  })

  it('is not given again after a cash flow that leaves the loss near the limit', () => {
    under(limits)
      .given(first, warned, cashFlow(at('10:10'), 500))
      .when(tick(at('10:11'), 1420))
      .thenEvent({ type: 'assessed', facts: [] })
  })

  it('weighs less than the start of a day and the end of a pause, and more than nothing', () => {
    under(limits)
      .given(first, pause(at('09:30'), at('09:40')))
      .when(warned)
      .thenEvent({ type: 'resumed', facts: [{ kind: 'resumed' }, { kind: 'warned' }] })
  })

  it('needs no wake-up', () => {
    under(limits)
      .given(first, warned)
      .when(wake(at('11:00')))
      .thenNothing()
  })
})
