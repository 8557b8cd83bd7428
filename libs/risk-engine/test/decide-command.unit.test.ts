import { cashFlow, changeLimits, pause, resume, tick, under, wake } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const limits = { max_daily_loss: 5, max_drawdown: null, stop_trading_minutes: 30 } as const
const first = tick(at('09:00'), 1000)

describe('an operator who pauses a trader', () => {
  it('holds it until the time given, with reason and name', () => {
    under(limits)
      .given(first)
      .when(pause(at('10:00'), at('11:00'), { by: 'ann' }))
      .thenEvent({
        type: 'paused',
        decision: { status: 'paused', until: at('11:00'), reason: 'operator: holiday' },
        facts: [{ kind: 'paused', until: at('11:00'), reason: 'holiday', by: 'ann' }],
        state: { pause: { since: at('10:00'), holds: [{ holder: 'operator:ann', at: at('10:00') }] } },
      })
  })

  it('holds it for good where no time is given', () => {
    under(limits)
      .given(first, pause(at('10:00')))
      .when(tick('2036-01-01T00:00Z', 1000))
      .thenEvent({ decision: { status: 'paused', until: null } })
  })

  it('may do so before the first tick', () => {
    under(limits)
      .given(pause(at('08:00')))
      .when(first)
      .thenEvent({ type: 'assessed', decision: { status: 'paused' } })
    under(limits)
      .given(pause(at('08:00'), at('08:30')))
      .when(first)
      .thenEvent({ type: 'resumed', facts: [{ kind: 'resumed', at: at('08:30') }], decision: { status: 'allowed' } })
  })

  it('lengthens what the same operator holds, and does not shorten it: the longest counts', () => {
    under(limits)
      .given(first, pause(at('10:00'), at('11:00')))
      .when(pause(at('10:10'), at('12:00')))
      .thenEvent({ decision: { until: at('12:00') }, state: { pause: { since: at('10:00') } } })
    const { thenEvent, after } = under(limits)
      .given(first, pause(at('10:00'), at('12:00')))
      .when(pause(at('10:10'), at('11:00')))
    thenEvent({ type: 'paused', facts: [{ until: at('11:00') }], decision: { until: at('12:00') } })
    expect(after.pause?.holds).toHaveLength(1)
    under(limits)
      .given(first, pause(at('10:00')))
      .when(pause(at('10:10'), at('11:00')))
      .thenEvent({ decision: { until: null } })
  })

  it('holds beside other operators: none replaces another', () => {
    under(limits)
      .given(first, pause(at('10:00'), at('12:00'), { by: 'ann' }))
      .when(pause(at('10:10'), at('11:00'), { by: 'bob' }))
      .thenEvent({
        decision: { until: at('12:00') },
        state: { pause: { holds: [{ holder: 'operator:ann' }, { holder: 'operator:bob' }] } },
      })
  })

  it('is refused where sixteen operators hold it already, unless he is one of them', () => {
    const sixteen = Array.from({ length: 16 }, (_, index) => pause(at('10:00'), null, { by: `op${index}` }))
    under(limits)
      .given(first, ...sixteen)
      .when(pause(at('10:10'), null, { by: 'ann' }))
      .thenRefused(/^16 operators hold already/)
    under(limits)
      .given(first, ...sixteen)
      .when(pause(at('10:10'), null, { by: 'op3' }))
      .thenEvent({ type: 'paused' })
    // Limits are bounded by their own number.
    under(limits)
      .given(first, ...sixteen)
      .when(tick(at('10:10'), 900))
      .thenEvent({ type: 'breach' })
  })

  it('does not shorten what a limit holds', () => {
    under(limits)
      .given(first, tick(at('10:00'), 900))
      .when(pause(at('10:10'), at('11:00')))
      .thenEvent({ type: 'paused', decision: { until: '2026-03-13T00:00Z' } })
  })

  it.each(['09:30', '10:00'])('is refused where the time given is past or now: %s', (until) => {
    under(limits)
      .given(first)
      .when(pause(at('10:00'), at(until)))
      .thenRefused(/is not after the trader's time 2026-03-12T10:00:00.000Z/)
  })

  it('takes a time one millisecond ahead', () => {
    under(limits)
      .given(first)
      .when(pause(at('10:00'), at('10:00:00.001')))
      .thenEvent({ type: 'paused' })
  })
})

describe('an operator who resumes a trader', () => {
  const held = [first, pause(at('09:30'), null, { by: 'ann' }), tick(at('10:00'), 900)]

  it('ends his own hold, and leaves what others hold', () => {
    under(limits)
      .given(...held)
      .when(resume(at('10:10'), { by: 'ann', reason: 'agreed' }))
      .thenEvent({
        type: 'paused',
        decision: { status: 'paused', until: '2026-03-13T00:00Z', code: 'limit' },
        facts: [{ kind: 'resumed', holders: ['operator:ann'], cause: 'operator', by: 'ann', reason: 'agreed' }],
      })
    under(limits)
      .given(first, pause(at('09:30'), null, { by: 'ann' }))
      .when(resume(at('10:10'), { by: 'ann' }))
      .thenEvent({ type: 'resumed', decision: { status: 'allowed', until: null, reason: null } })
  })

  it.each(['operator:ann', 'ann'])('ends the hold of another whom he names: %s', (holder) => {
    under(limits)
      .given(first, pause(at('09:30'), null, { by: 'ann' }))
      .when(resume(at('10:10'), { by: 'bob', holder }))
      .thenEvent({ type: 'resumed', facts: [{ holders: ['operator:ann'], by: 'bob' }] })
  })

  it('is refused where he holds nothing and names nobody, or one who holds nothing, and is told who does', () => {
    const spec = under(limits).given(...held)
    const holders = /name a holder: operator:ann, limit:max_daily_loss$/
    spec.when(resume(at('10:10'), { by: 'bob' })).thenRefused(holders)
    spec.when(resume(at('10:10'), { by: 'ann', holder: ['operator:ann', 'max_drawdown'] })).thenRefused(holders)
  })

  it.each(['limit:max_daily_loss', 'max_daily_loss'])(
    'is refused where the limit that he names is still broken, and is told the way: %s',
    (holder) => {
      under(limits)
        .given(...held)
        .when(resume(at('10:10'), { by: 'ann', holder }))
        .thenRefused(/^max_daily_loss is still broken; "rebase": true with a reason forgives the loss/)
    },
  )

  it('ends the hold of a limit that is not broken any more, and moves no reference by that', () => {
    under(limits)
      .given(first, tick(at('10:00'), 900), tick(at('10:05'), 970))
      .when(resume(at('10:10'), { holder: 'limit:max_daily_loss' }))
      .thenEvent({
        type: 'resumed',
        facts: [{ kind: 'resumed', holders: ['limit:max_daily_loss'], cause: 'operator' }],
        state: { limitStates: [{ reference: '1000' }] },
      })
  })

  it('forgives the loss of a broken limit by rebase alone: it has its full room again', () => {
    under(limits)
      .given(first, tick(at('10:00'), 900))
      .when(resume(at('10:10'), { holder: 'limit:max_daily_loss', rebase: true, reason: 'a wrong price' }))
      .thenEvent({
        type: 'resumed',
        decision: { status: 'allowed' },
        facts: [
          { kind: 'resumed', reason: 'a wrong price' },
          { kind: 'rebased', rule: 'max_daily_loss', from: '1000', to: '900' },
        ],
        budget: { room: '50' },
        dailyPnl: '-100',
        state: { limitStates: [{ reference: '900', line: '850' }] },
      })
  })

  it('is refused where the trader is not paused', () => {
    under(limits)
      .given(first)
      .when(resume(at('10:00')))
      .thenRefused(/not paused/)
    under(limits)
      .given()
      .when(resume(at('10:00')))
      .thenRefused(/not paused/)
  })

  it('comes too late for a pause that time has just ended: the event says so', () => {
    under(limits)
      .given(first, pause(at('10:00'), at('11:00')))
      .when(resume(at('11:00')))
      .thenEvent({ type: 'resumed', facts: [{ cause: 'time', at: at('11:00') }] })
  })
})

describe('a refused command', () => {
  it('changes nothing, not even the time', () => {
    const { before, after } = under(limits)
      .given(first)
      .when(resume(at('23:00')))
    expect(after).toBe(before)
    under(limits)
      .given(first, resume(at('23:00')))
      .when(tick(at('10:00'), 1000))
      .thenEvent({ effectiveAt: at('10:00'), version: 2 })
  })

  it('still begins a day that was due, and says that it was refused', () => {
    const { thenEvent, decision } = under(limits).given(first).when(resume('2026-03-13T10:00Z'))
    thenEvent({ type: 'day-started', facts: [{ kind: 'day-started' }] })
    expect(decision).toMatchObject({ refused: 'the trader is not paused' })
  })

  it('is a resume of a pause that time has just ended, too: its event says so', () => {
    const { thenEvent, decision } = under(limits)
      .given(first, pause(at('10:00'), at('11:00')))
      .when(resume(at('11:30')))
    thenEvent({ type: 'resumed', facts: [{ cause: 'time', at: at('11:00') }] })
    expect(decision).toMatchObject({ refused: 'the trader is not paused' })
  })
})

describe('the type of an event is that of the weightiest thing that happened', () => {
  const paused = [first, tick(at('10:00'), 900)]
  const nextDay = '2026-03-13T00:00Z'
  it.each([
    { type: 'breach', over: 'resumed and day-started', before: paused, input: tick(nextDay, 800) },
    { type: 'breach', over: 'day-started', before: [first], input: tick(nextDay, 900) },
    { type: 'resumed', over: 'day-started', before: paused, input: tick(nextDay, 900) },
    { type: 'paused', over: 'day-started', before: [first], input: pause(nextDay) },
    {
      type: 'paused',
      over: 'resumed, where a pause ends and another begins',
      before: [first, pause(at('10:00'), at('11:00'))],
      input: pause(at('12:00')),
    },
    { type: 'day-started', over: 'limits-changed', before: [first], input: changeLimits(nextDay, { max_drawdown: 9 }) },
    { type: 'day-started', over: 'cash-flow', before: [first], input: cashFlow(nextDay, 5) },
    { type: 'day-started', over: 'assessed', before: [first], input: tick(nextDay, 1000) },
    { type: 'resumed', over: 'limits-changed', before: paused, input: changeLimits(nextDay, { max_drawdown: 20 }) },
    { type: 'resumed', over: 'nothing', before: paused, input: wake(nextDay) },
    { type: 'limits-changed', over: 'nothing', before: [first], input: changeLimits(at('10:00'), { max_drawdown: 9 }) },
    { type: 'cash-flow', over: 'nothing', before: [first], input: cashFlow(at('10:00'), 5) },
    { type: 'assessed', over: 'nothing', before: [first], input: tick(at('10:00'), 1000) },
  ])('$type over $over', ({ type, before, input }) => {
    under(limits)
      .given(...before)
      .when(input)
      .thenEvent({ type })
  })
})
