import { decodeConfigEvent, decodeFlags, encodeConfigEvent, toJsonBytes } from '@drawbridge/contracts'
import { applyConfiguration, BUILT_IN_CONFIGURATION, decideChange } from '@drawbridge/risk-engine'
import { changeLimits, enforcement, pause, pauseAll, resume, tick, under, wake } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const limits = { max_daily_loss: 5, max_drawdown: 20, stop_trading_minutes: 30, daily_loss_ends: 'timer' } as const
const first = tick(at('09:00'), 1000)
const storm = pauseAll(at('09:30'), {}, { by: 'ann' })

describe('a pause of all traders', () => {
  it('holds each trader that has an event, as an operator holds one', () => {
    under(limits)
      .given(first)
      .when(storm)
      .thenEvent({
        type: 'paused',
        decision: { status: 'paused', code: 'operator', until: null, reason: 'operator: storm' },
        facts: [{ kind: 'paused', until: null, reason: 'storm', by: 'ann' }],
        state: { pause: { since: at('09:30'), until: null, holds: [{ holder: 'operator:*', at: at('09:30') }] } },
      })
  })

  it('holds a trader that reports for the first time while it lasts, with its first event', () => {
    under(limits).given().when(storm).thenNothing()
    under(limits)
      .given(storm)
      .when(tick(at('10:00'), 1000))
      .thenEvent({
        type: 'paused',
        decision: { status: 'paused', code: 'operator', reason: 'operator: storm' },
        facts: [{ kind: 'paused', until: null, reason: 'storm', by: 'ann' }],
        state: { equity: '1000', pause: { holds: [{ holder: 'operator:*', at: at('10:00') }] } },
      })
    under(limits)
      .given(storm, pauseAll(at('09:40'), null))
      .when(tick(at('10:00'), 1000))
      .thenEvent({ type: 'assessed', decision: { status: 'allowed' }, facts: [] })
  })

  it('makes no trader of what makes none otherwise', () => {
    under(limits)
      .given(storm)
      .when(wake(at('10:00')))
      .thenNothing()
    under(limits)
      .given(storm)
      .when(resume(at('10:00')))
      .thenRefused(/not paused/)
  })

  it('holds a trader that only a command has made, with its next report, after what time brought', () => {
    under(limits)
      .given(storm, pause(at('09:40'), at('09:50'), { by: 'bob' }))
      .when(tick(at('10:00'), 1000))
      .thenEvent({
        type: 'paused',
        facts: [
          { kind: 'resumed', at: at('09:50'), cause: 'time', holders: ['operator:bob'] },
          { kind: 'paused', until: null, reason: 'storm', by: 'ann' },
        ],
        state: { pause: { since: at('10:00'), holds: [{ holder: 'operator:*' }] } },
      })
  })

  it('holds with enforcement off, and beside every other hold', () => {
    under(limits)
      .given(first, enforcement(at('09:10'), false))
      .when(storm)
      .thenEvent({ decision: { status: 'paused', code: 'operator' } })
    under(limits)
      .given(first, pause(at('09:10'), at('12:00'), { by: 'bob' }), tick(at('09:20'), 900))
      .when(storm)
      .thenEvent({
        decision: { status: 'paused', until: null },
        state: {
          pause: {
            holds: [{ holder: 'operator:bob' }, { holder: 'limit:max_daily_loss' }, { holder: 'operator:*' }],
          },
        },
      })
  })

  it('takes no room from operators', () => {
    const others = Array.from({ length: 15 }, (_, index) => pause(at('09:10'), null, { by: `op${index}` }))
    under(limits)
      .given(first, ...others, storm)
      .when(pause(at('09:40'), null, { by: 'last' }))
      .thenEvent({ type: 'paused' })
  })

  it('judges readings on, and a limit that breaks holds, too', () => {
    under(limits)
      .given(first, storm)
      .when(tick(at('10:00'), 940))
      .thenEvent({ type: 'breach', state: { pause: { holds: [{}, { holder: 'limit:max_daily_loss' }] } } })
  })

  it('ends by itself at its end, by a wake-up', () => {
    const brief = pauseAll(at('09:30'), { until: at('09:45') })
    under(limits).given(first).when(brief).thenWakesAt(at('09:45'))
    under(limits)
      .given(first, brief)
      .when(wake(at('09:45')))
      .thenEvent({ type: 'resumed', facts: [{ kind: 'resumed', cause: 'time', holders: ['operator:*'] }] })
    under(limits)
      .given(first, brief, wake(at('09:45')))
      .when(tick(at('09:46'), 1000))
      .thenFacts()
    under(limits)
      .given(brief)
      .when(tick(at('09:46'), 1000))
      .thenEvent({ type: 'assessed', decision: { status: 'allowed' }, facts: [] })
  })

  it('survives a change of other flags, and the begin of a new account period', () => {
    under(limits)
      .given(first, storm, enforcement(at('09:40'), false), enforcement(at('09:41'), true))
      .when(tick(at('09:42'), 1000))
      .thenEvent({
        decision: { status: 'paused', code: 'operator' },
        state: { pause: { holds: [{ holder: 'operator:*' }] } },
      })
    const restarted = under(limits)
      .given(first, storm, pause(at('09:35')))
      .when({
        kind: 'command',
        command: 'restart',
        time: Date.parse(at('09:40')),
        payload: toJsonBytes({ reason: 'phase 2' }),
      })
    restarted.thenEvent({ state: { pause: { holds: [{ holder: 'operator:*' }] } } })
  })
})

describe('the end of the pause of all', () => {
  it('ends that hold of each trader, and no other one', () => {
    under(limits)
      .given(first, storm)
      .when(pauseAll(at('09:40'), null, { by: 'bob', reason: 'over' }))
      .thenEvent({
        type: 'resumed',
        decision: { status: 'allowed', code: 'ok' },
        facts: [{ kind: 'resumed', cause: 'operator', holders: ['operator:*'], reason: 'over', by: 'bob' }],
        state: { pause: null },
      })
    under(limits)
      .given(first, tick(at('09:20'), 900), storm)
      .when(pauseAll(at('09:40'), null))
      .thenEvent({ type: 'paused', state: { pause: { holds: [{ holder: 'limit:max_daily_loss' }] } } })
  })

  it('is for all at once: a resume of one trader does not end it', () => {
    under(limits)
      .given(first, storm)
      .when(resume(at('09:40'), { holder: 'operator:*', reason: 'mine is good' }))
      .thenRefused(/resume all/)
    under(limits)
      .given(first, storm)
      .when(resume(at('09:40'), { reason: 'mine' }))
      .thenRefused(/holds nothing; name a holder: operator:\*/)
  })
})

describe('a second pause of all', () => {
  it('extends the first one, and shortens none', () => {
    const brief = pauseAll(at('09:30'), { until: at('12:00') })
    under(limits)
      .given(first, brief)
      .when(pauseAll(at('09:40'), { until: at('13:00') }, { reason: 'longer' }))
      .thenEvent({ decision: { until: at('13:00'), reason: 'operator: longer' } })
    under(limits)
      .given(first, brief)
      .when(pauseAll(at('09:40'), { until: at('10:00') }))
      .thenNothing()
    under(limits)
      .given(first, storm)
      .when(pauseAll(at('09:40'), { until: at('10:00') }))
      .thenNothing()
  })
})

it('a change of limits under a pause of all keeps it', () => {
  under(limits)
    .given(first, storm)
    .when(changeLimits(at('09:40'), { max_drawdown: 10 }))
    .thenEvent({ state: { pause: { holds: [{ holder: 'operator:*' }] } } })
})

describe('the event of the flags', () => {
  const AT = Date.parse(at('09:30'))
  const change = (message: object) => {
    const read = decodeFlags(toJsonBytes(message))
    if (!read.ok) throw new Error(read.reason)
    return read.value
  }
  const decided = (message: object, before = BUILT_IN_CONFIGURATION) => decideChange(before, change(message), 7, AT)

  it('names the pause of all in force, and what was before', () => {
    const until = '2026-03-12T12:00:00.000Z'
    const event = decided({ pause_all: { until }, reason: 'storm', by: 'ann', onBehalfOf: 'desk' })
    if (!event.ok) throw new Error(event.reason)
    const bytes = encodeConfigEvent(event.value)
    expect(JSON.parse(new TextDecoder().decode(bytes))).toMatchObject({
      enable_risk_enforcement: true,
      pause_all: { until, reason: 'storm', by: 'ann', onBehalfOf: 'desk' },
      previous: { pause_all: null },
    })
    expect(decodeConfigEvent('flags', bytes)).toEqual(event)

    const paused = applyConfiguration(BUILT_IN_CONFIGURATION, event.value)
    const other = decided({ enable_persistence: false }, paused)
    expect(other).toMatchObject({ value: { pauseOfAll: { reason: 'storm' }, previous: { persistence: true } } })
    const ended = decided({ pause_all: null, reason: 'over' }, paused)
    expect(ended).toMatchObject({ value: { previous: { pauseOfAll: { reason: 'storm', by: 'ann' } } } })
    expect(ended.ok && 'pauseOfAll' in ended.value).toBe(false)
  })

  it('says nothing of a pause of all where there is none', () => {
    const event = decided({ enable_persistence: false })
    expect(event.ok && new TextDecoder().decode(encodeConfigEvent(event.value))).not.toContain('pause_all')
  })

  it.each([
    [{ pause_all: {} }, 'reason is missing: pause_all needs one'],
    [{ pause_all: { until: 'soon' }, reason: 'x' }, 'pause_all.until must be a time'],
    [{ pause_all: true, reason: 'x' }, 'pause_all must be {} or {until}, or null, which ends it, got true'],
    [{ pause_all: { firm: true }, reason: 'x' }, 'pause_all must be'],
  ])('%j is refused', (message, reason) => {
    expect(decodeFlags(toJsonBytes(message))).toMatchObject({ ok: false, reason: expect.stringContaining(reason) })
  })

  it('is refused for an end that has passed, and for the end of no pause', () => {
    expect(decided({ pause_all: { until: at('09:30') }, reason: 'x' })).toMatchObject({
      reason: 'pause_all.until has passed already',
    })
    expect(decided({ pause_all: null, reason: 'x' })).toMatchObject({ reason: 'not all traders are paused' })
  })
})
