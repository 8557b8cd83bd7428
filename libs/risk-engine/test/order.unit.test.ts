import { pause, tick, under as trader } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const limits = { max_daily_loss: 10, max_drawdown: 20 } as const

/** Counted ticks a minute apart, from 09:00 on. */
const counted = (...ticks: readonly (readonly [equity: number, place: object])[]) =>
  ticks.map(([equity, place], index) => tick(at(`09:0${index}`), equity, { ...place }))

const late = (reason: string) => ({ type: 'tick-rejected', facts: [{ kind: 'tick-rejected', reason, cause: 'late' }] })

describe('a tick with a count', () => {
  it('that is below the last one is out of order: {1000, 5}, {1200, 7}, {890, 6} breaks no limit', () => {
    const { before, after, thenEvent } = trader(limits)
      .given(...counted([1000, { seq: 5 }], [1200, { seq: 7 }]))
      .when(tick(at('10:00'), 890, { seq: 6 }))
    thenEvent({ ...late("seq 6 is not above the last tick's 7"), tickSeq: 6, decision: { status: 'allowed' } })
    const { version, inputSeq, time, doubt } = after
    expect(after).toEqual({ ...before, version, inputSeq, time, doubt })
  })

  it('that is the last one again was sent twice, whatever else it says', () => {
    const { thenEvent } = trader(limits)
      .given(...counted([1000, { seq: 5 }]))
      .when(tick(at('10:00'), 500, { seq: 5 }))
    thenEvent(late('seq 5 was sent before'))
  })

  it.each([0, 8, Number.MAX_SAFE_INTEGER])('may begin at %d and leave any gap', (seq) => {
    trader(limits)
      .given()
      .when(tick(at('09:00'), 1000, { seq }))
      .thenEvent({ type: 'assessed', facts: [], tickSeq: seq, state: { sequence: { run: null, seq, earlier: [] } } })
  })

  it('that was rejected for what it says does not count', () => {
    trader({ ...limits, currency: 'USD' })
      .given(...counted([1000, { seq: 5 }], [900, { seq: 9, currency: 'EUR' }]))
      .when(tick(at('10:00'), 990, { seq: 6 }))
      .thenEvent({ type: 'assessed', state: { equity: '990', sequence: { seq: 6 } } })
  })

  it('is late rather than invalid where it is both', () => {
    trader({ ...limits, currency: 'USD' })
      .given(...counted([1000, { seq: 5 }]))
      .when(tick(at('10:00'), 990, { seq: 4, currency: 'EUR' }))
      .thenEvent(late("seq 4 is not above the last tick's 5"))
  })

  it('is late in event time as well, whatever its time', () => {
    trader({ ...limits, time_base: 'event' })
      .given(tick(at('09:00'), 1000, { seq: 5, at: at('09:00') }))
      .when(tick(at('10:00'), 990, { seq: 4, at: at('09:30') }))
      .thenEvent(late("seq 4 is not above the last tick's 5"))
  })
})

describe('a tick without a count', () => {
  it('is in order at any time, and leaves the count where it was', () => {
    trader(limits)
      .given(...counted([1000, { seq: 5 }]))
      .when(tick(at('10:00'), 990))
      .thenEvent({ type: 'assessed', state: { equity: '990', sequence: { run: null, seq: 5, earlier: [] } } })
    trader(limits)
      .given(...counted([1000, { seq: 5 }], [990, {}]))
      .when(tick(at('10:00'), 980, { seq: 5 }))
      .thenEvent(late('seq 5 was sent before'))
  })

  it('may name a run, which says nothing without a count', () => {
    trader(limits)
      .given(...counted([1000, { seq: 5 }]))
      .when(tick(at('10:00'), 990, { run: 'b' }))
      .thenEvent({ type: 'assessed', facts: [], state: { sequence: { run: null, seq: 5 } } })
  })

  it.each([
    ['a count that cannot be read', { seq: -1 }],
    ['a run that cannot be read', { seq: 1, run: 7 }],
  ])('is one with %s', (_name, place) => {
    trader(limits)
      .given(...counted([1000, { seq: 5 }]))
      .when(tick(at('10:00'), 990, place))
      .thenEvent({ type: 'assessed', facts: [], state: { equity: '990', sequence: { run: null, seq: 5 } } })
  })
})

describe('a run', () => {
  it('begins its count freely, and those before it are late from then on', () => {
    trader(limits)
      .given(...counted([1000, { seq: 500, run: 'a' }]))
      .when(tick(at('10:00'), 990, { seq: 0, run: 'b' }))
      .thenEvent({
        type: 'assessed',
        facts: [{ kind: 'run-began', run: 'b' }],
        state: { sequence: { run: 'b', seq: 0, earlier: ['a'] } },
      })
    trader(limits)
      .given(...counted([1000, { seq: 500, run: 'a' }], [990, { seq: 0, run: 'b' }]))
      .when(tick(at('10:00'), 500, { seq: 501, run: 'a' }))
      .thenEvent(late('run "a" is over: run "b" came after it'))
  })

  it('is said to begin where it is the first one and has a name', () => {
    trader(limits)
      .given()
      .when(tick(at('10:00'), 990, { seq: 3, run: 'a' }))
      .thenEvent({ facts: [{ kind: 'run-began', run: 'a' }], state: { sequence: { run: 'a', seq: 3, earlier: [] } } })
  })

  it('is that of a tick that names none: such a tick belongs to the current one', () => {
    trader(limits)
      .given(...counted([1000, { seq: 5 }], [990, { seq: 1, run: 'a' }]))
      .when(tick(at('10:00'), 980, { seq: 2 }))
      .thenEvent({ type: 'assessed', state: { equity: '980', sequence: { run: 'a', seq: 2, earlier: [null] } } })
    trader(limits)
      .given(...counted([1000, { seq: 5, run: 'a' }]))
      .when(tick(at('10:00'), 990, { seq: 1 }))
      .thenEvent(late("seq 1 is not above the last tick's 5"))
  })

  it('with an empty name is another one than the run without a name', () => {
    trader(limits)
      .given(...counted([1000, { seq: 5 }]))
      .when(tick(at('10:00'), 990, { seq: 1, run: '' }))
      .thenEvent({ facts: [{ kind: 'run-began', run: '' }] })
  })

  it('is remembered while four others came after it, and then may come again', () => {
    const runs = ['a', 'b', 'c', 'd', 'e'].map((run, index) => [1000, { seq: index, run }] as const)
    trader(limits)
      .given(...counted(...runs))
      .when(tick(at('10:00'), 990, { seq: 9, run: 'a' }))
      .thenEvent(late('run "a" is over: run "e" came after it'))
    trader(limits)
      .given(...counted(...runs, [1000, { seq: 0, run: 'f' }]))
      .when(tick(at('10:00'), 990, { seq: 9, run: 'a' }))
      .thenEvent({ type: 'assessed', state: { sequence: { run: 'a', seq: 9, earlier: ['f', 'e', 'd', 'c'] } } })
  })
})

describe('an event that is no tick', () => {
  it('leaves the count where it was', () => {
    trader(limits)
      .given(...counted([1000, { seq: 5 }]))
      .when(pause(at('10:00')))
      .thenEvent({ type: 'paused', tickSeq: null, state: { sequence: { run: null, seq: 5, earlier: [] } } })
  })
})

describe('in event time', () => {
  const given = [tick(at('09:00'), 1000, { at: at('09:00') })]
  const when = (more: object) =>
    trader({ ...limits, time_base: 'event' })
      .given(...given)
      .when(tick(at('10:00'), 990, { ...more }))

  it('a tick before the last one is late, one of the same time is not', () => {
    when({ at: at('08:59') }).thenEvent(
      late("at 2026-03-12T08:59:00.000Z is older than the last tick's 2026-03-12T09:00Z"),
    )
    when({ at: at('09:00') }).thenEvent({ type: 'assessed' })
  })

  it.each([
    ['without a time', {}, /^at is missing/],
    ['with a time that cannot be read', { at: 'noon' }, /^at must be a time/],
    ['with a time too far ahead', { at: at('10:02') }, /more than 60 s ahead/],
  ])('a tick %s is invalid', (_name, more, reason) => {
    when(more).thenEvent({
      type: 'tick-rejected',
      facts: [{ kind: 'tick-rejected', reason: expect.stringMatching(reason), cause: 'invalid' }],
    })
  })
})
