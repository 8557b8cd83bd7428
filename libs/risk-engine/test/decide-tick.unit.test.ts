import { NO_DOUBT } from '@drawbridge/contracts'
import { evolve, RULES_VERSION } from '@drawbridge/risk-engine'
import { changeDefaults, event, pause, tick, tickText, under, wake } from '@drawbridge/testing/engine'
import { describe, expect, it } from 'vitest'

const at = (time: string) => `2026-03-12T${time}Z`
const limits = { max_daily_loss: 5, max_drawdown: 20, stop_trading_minutes: 30 } as const

describe('a tick', () => {
  it('makes exactly one event, of the next version, with the whole state after it', () => {
    under(limits)
      .given(tick(at('09:00'), 1000), wake(at('09:10')))
      .when(tick(at('10:00'), '999.5', { balance: 1000, unrealizedPnl: '-0.5', seq: 7, at: at('09:59') }))
      .thenEvent({
        type: 'assessed',
        trader: 'bot1',
        version: 2,
        inputSeq: 4,
        recordedAt: at('10:00'),
        effectiveAt: at('10:00'),
        rulesVersion: RULES_VERSION,
        configVersion: 1,
        tickSeq: 7,
        decision: { status: 'allowed', until: null, reason: null },
        dailyPnl: '-0.5',
        drawdownPct: '0.05',
        facts: [],
        state: {
          firstInputSeq: 2,
          time: at('10:00'),
          clock: 'server 00:00 UTC',
          firstEquity: '1000',
          equity: '999.5',
          balance: '1000',
          peakEquity: '1000',
          dayStartedAt: at('09:00'),
          nextResetAt: '2026-03-13T00:00Z',
          dayEquity: '1000',
          dayBalance: '1000',
          pause: null,
          unenforced: [],
          warned: [],
          lastTickAt: at('10:00'),
          staleSince: null,
          limits: null,
          pendingLimits: [],
        },
      })
  })

  it('carries the version of the configuration it was judged under', () => {
    under(limits)
      .given(tick(at('09:00'), 1000), changeDefaults(at('09:10'), { max_drawdown: 30 }))
      .when(tick(at('10:00'), 800))
      .thenEvent({ configVersion: 3, facts: [{ rule: 'max_daily_loss' }] })
  })
})

describe('the state after an event', () => {
  it('is applied only forward: an event of the same or an older version changes nothing', () => {
    const first = under(limits)
      .given()
      .when(tick(at('09:00'), 1000))
    const second = under(limits)
      .given(tick(at('09:00'), 1000))
      .when(tick(at('10:00'), 990))
    expect(evolve(first.after, event(second.decision))).toEqual(second.after)
    expect(evolve(second.after, event(first.decision))).toBe(second.after)
    const again = event(second.decision)
    expect(evolve(second.after, { ...again, state: { ...again.state } })).toBe(second.after)
  })
})

describe('a tick that cannot be used', () => {
  const bad = [
    ['is not JSON', 'equity=5'],
    ['holds NaN', '{"equity":NaN}'],
    ['holds words', '{"equity":"lots"}'],
    ['is huge', '{"equity":1e300}'],
    ['is empty', ''],
    ['names no equity', '{"equty":5}'],
    ['is a list', '[1]'],
  ] as const
  const paused = [tick(at('09:00'), 1000), tick(at('10:00'), 800, { balance: 801 })]

  it.each(bad)('that %s is recorded with the reason, moves no reference, and blocks entries', (_name, text) => {
    const { before, after, thenEvent } = under(limits)
      .given(tick(at('09:00'), 1000), tick(at('10:00'), 990, { balance: 991 }))
      .when(tickText(at('11:00'), text))
    const reason = expect.stringMatching(/./)
    thenEvent({
      type: 'tick-rejected',
      version: 3,
      tickSeq: null,
      recordedAt: at('11:00'),
      facts: [{ kind: 'tick-rejected', reason, cause: 'invalid' }],
      decision: {
        status: 'blocked',
        code: 'rejected',
        reason: expect.stringMatching(/^the last reading was rejected: ./),
      },
    })
    const { version, inputSeq, time, doubt } = after
    expect(after).toEqual({ ...before, version, inputSeq, time, doubt })
    expect(doubt).toEqual({ ...NO_DOUBT, rejected: reason })
  })

  it('blocks entries until the next one that can be used', () => {
    under(limits)
      .given(tick(at('09:00'), 1000), tickText(at('10:00'), '{}'), tickText(at('10:01'), '{}'))
      .when(tick(at('10:02'), 999))
      .thenEvent({ type: 'assessed', decision: { status: 'allowed' } })
    under(limits)
      .given(tick(at('09:00'), 1000), tickText(at('10:00'), '{}'))
      .when(wake(at('23:59')))
      .thenNothing()
  })

  it('lets time pass as any other input does: a day begins, and a pause ends', () => {
    under({ ...limits, on_end: 'rebase' })
      .given(...paused)
      .when(tickText('2026-03-14T00:00Z', '{}'))
      .thenFacts('hold-ended', 'rebased', 'day-started', 'resumed', 'day-started', 'tick-rejected')
  })

  it('ends no pause of a limit that is still broken', () => {
    under(limits)
      .given(...paused)
      .when(tickText('2026-03-14T00:00Z', '{}'))
      .thenEvent({
        facts: [
          { kind: 'day-started' },
          { kind: 'hold-ended', holders: ['limit:max_daily_loss'] },
          { kind: 'day-started' },
          { kind: 'tick-rejected' },
        ],
        decision: { status: 'paused', code: 'limit' },
      })
  })

  it('may be the first that is heard of a trader', () => {
    under(limits)
      .given()
      .when(tickText(at('09:00'), '{}'))
      .thenEvent({
        type: 'tick-rejected',
        version: 1,
        dailyPnl: null,
        drawdownPct: null,
        decision: { status: 'blocked', code: 'no-reading' },
        effectiveAt: at('09:00'),
        state: { equity: null, peakEquity: null },
      })
    under(limits)
      .given(tickText(at('09:00'), '{}'))
      .when(tick(at('09:01'), 1000))
      .thenEvent({ type: 'assessed', version: 2, decision: { status: 'allowed' } })
  })

  it('keeps the pause of an operator that is not over', () => {
    under(limits)
      .given(pause(at('09:00'), at('10:00')))
      .when(tickText(at('09:59'), '{}'))
      .thenEvent({ state: { pause: { until: at('10:00') } } })
  })
})
