import { DEFAULT_LIMITS, limitsToMessage, parseLimits, unknownField } from '@drawbridge/contracts'
import { describe, expect, it } from 'vitest'

describe('limits', () => {
  it('may be of all fields, and are written as they were read', () => {
    const message = {
      max_daily_loss: '5.5',
      max_drawdown: null,
      stop_trading_minutes: 30,
      initial_balance: '145525',
      daily_loss_of: 'balance-at-reset',
      reset_time: '17:00',
      reset_time_zone: 'America/New_York',
      daily_loss_ends: 'timer',
      drawdown_ends: 'manual',
      time_base: 'event',
      warn_at_percent: '75',
      stale_after_seconds: 60,
      loosen_after_minutes: 90,
      currency: 'USDT',
    }
    const read = parseLimits(message)
    expect(read).toEqual({
      ok: true,
      value: {
        maxDailyLossPct: 550_000_000n,
        maxDrawdownPct: null,
        stopTradingMinutes: 30,
        initialBalance: 14_552_500_000_000n,
        dailyLossBase: 'balance-at-reset',
        resetTime: '17:00',
        resetTimeZone: 'America/New_York',
        dailyLossEnds: 'timer',
        drawdownEnds: 'manual',
        timeBase: 'event',
        warnAtPct: 7_500_000_000n,
        staleAfterSeconds: 60,
        loosenAfterMinutes: 90,
        currency: 'USDT',
      },
    })
    if (read.ok) expect(limitsToMessage(read.value)).toEqual(message)
  })

  it('may be of none, and the defaults read back', () => {
    expect(parseLimits({})).toEqual({ ok: true, value: {} })
    expect(limitsToMessage({})).toEqual({})
    expect(parseLimits(limitsToMessage(DEFAULT_LIMITS))).toEqual({ ok: true, value: DEFAULT_LIMITS })
  })

  it.each([
    ['max_daily_loss', 0],
    ['max_daily_loss', -5],
    ['max_daily_loss', 100.00000001],
    ['max_daily_loss', '5%'],
    ['max_daily_loss', true],
    ['max_drawdown', '0.000000001'],
    ['max_drawdown', []],
    ['stop_trading_minutes', 0],
    ['stop_trading_minutes', 1.5],
    ['stop_trading_minutes', '30'],
    ['stop_trading_minutes', 525_601],
    ['initial_balance', 0],
    ['initial_balance', -1],
    ['initial_balance', 1e15],
    ['daily_loss_of', 'equity'],
    ['reset_time', '24:00'],
    ['reset_time', '9:00'],
    ['reset_time', '09:60'],
    ['reset_time', '09:00\n'],
    ['reset_time_zone', 'New York'],
    ['reset_time_zone', ''],
    ['reset_time_zone', 'UTC+1'],
    ['reset_time_zone', 'IST'],
    ['reset_time_zone', 'PST'],
    ['reset_time_zone', '\u221205:00'],
    ['daily_loss_ends', 'never'],
    ['drawdown_ends', null],
    ['time_base', 'bot'],
    ['warn_at_percent', null],
    ['warn_at_percent', 0],
    ['warn_at_percent', 101],
    ['stale_after_seconds', 0],
    ['stale_after_seconds', 31_536_001],
    ['loosen_after_minutes', -1],
    ['loosen_after_minutes', 0.5],
    ['loosen_after_minutes', null],
    ['loosen_after_minutes', 525_601],
    ['currency', ''],
    ['currency', ' USD'],
    ['currency', 'US DOLLARS'],
    ['currency', 'x'.repeat(17)],
    ['currency', 840],
  ])('%s may not be %j', (name, value) => {
    expect(parseLimits({ [name]: value })).toEqual({
      ok: false,
      reason: expect.stringMatching(new RegExp(`^${name} (must be|has) `)),
    })
  })

  it.each([
    ['max_daily_loss', 100],
    ['max_daily_loss', 0.00000001],
    ['stop_trading_minutes', 1],
    ['stop_trading_minutes', 525_600],
    ['initial_balance', '999999999999999.99999999'],
    ['initial_balance', null],
    ['reset_time', '00:00'],
    ['reset_time', '23:59'],
    ['reset_time_zone', 'UTC'],
    ['reset_time_zone', 'EST'],
    ['reset_time_zone', 'Etc/GMT+5'],
    ['reset_time_zone', 'Australia/Lord_Howe'],
    ['stale_after_seconds', null],
    ['loosen_after_minutes', 0],
    ['loosen_after_minutes', 525_600],
    ['currency', null],
    ['currency', 'USD'],
    ['currency', 'x'.repeat(16)],
  ])('%s may be %j', (name, value) => {
    expect(parseLimits({ [name]: value }).ok).toBe(true)
  })

  it('name all their faults at once', () => {
    const read = parseLimits({ max_daily_los: 5, stop_trading_minutes: 0, reset_time: 'noon', nonsense: 1 })
    if (read.ok) throw new Error('was taken')
    expect(read.reason.split('; ').toSorted()).toEqual([
      'reset_time must be a time of day like "17:00", got "noon"',
      'stop_trading_minutes must be whole minutes, 1 to 525600, got 0',
      'unknown field "max_daily_los", did you mean "max_daily_loss"?',
      expect.stringMatching(/^unknown field "nonsense" \(known: max_daily_loss, max_drawdown, /),
    ])
    expect(parseLimits({ max_daily_loss: 0, max_drawdown: 0, reset_time_zone: 'Mars/Base' })).toEqual({
      ok: false,
      reason:
        'max_daily_loss must be above 0 and at most 100, got 0; max_drawdown must be above 0 and at most 100, got 0; ' +
        'reset_time_zone must be an IANA time zone like "America/New_York", got "Mars/Base"',
    })
  })
})

describe('limits in the long form', () => {
  const weekly = {
    window: 'week',
    reference: { kind: 'start', of: 'equity' },
    limit: { percent: '5', of: 'reference' },
    tiers: [{ at_percent: '100', action: 'flatten' }],
  }

  it('are written as they were read', () => {
    const read = parseLimits({ limits: { weekly, other: null } })
    if (!read.ok) throw new Error(read.reason)
    expect(limitsToMessage(read.value)).toEqual({ limits: { weekly, other: null } })
  })

  it.each([
    [{ weekly: { ...weekly, windw: 'day' } }, 'limits.weekly: unknown field "windw", did you mean "window"?'],
    [
      { weekly: { ...weekly, reference: { kind: 'peak', smapled: 'continuous' } } },
      'limits.weekly: reference has an unknown field "smapled", did you mean "sampled"?',
    ],
    [
      { weekly: { ...weekly, window: 'year' } },
      /^limits\.weekly: window must be "day", "week", "month" or "lifetime", got/,
    ],
    [{ Weekly: weekly }, /^limits: the name "Weekly" must be a lower-case letter/],
    [{ weekly: 5 }, 'limits.weekly: must be a JSON object, got 5'],
    [
      {
        weekly: {
          ...weekly,
          tiers: [
            { at_percent: 100, action: 'flatten' },
            { at_percent: 200, action: 'warn' },
          ],
        },
      },
      'limits.weekly: tiers tier 2: at_percent must be above 0 and at most 100, got 200',
    ],
  ])('%j is refused with what is wrong and where', (limits, reason) => {
    const read = parseLimits({ limits })
    expect(read).toEqual({ ok: false, reason: typeof reason === 'string' ? reason : expect.stringMatching(reason) })
  })

  it('name the faults of each limit, beside those of other fields', () => {
    const limits = { weekly: { windw: 'day', limit: { amount: 0 } }, daily: { reference: { kind: 'peek' } } }
    const read = parseLimits({ max_dayly_loss: 1, max_drawdown: 101, limits })
    expect(read.ok ? [] : read.reason.split('; ')).toEqual([
      'unknown field "max_dayly_loss", did you mean "max_daily_loss"?',
      'max_drawdown must be above 0 and at most 100, got 101',
      'limits.weekly: unknown field "windw", did you mean "window"?',
      'limits.daily: reference kind must be "start" or "peak" or "initial", got "peek"',
    ])
  })

  it('may not have the name of a short form that is written beside them: which would hold?', () => {
    const both = { max_daily_loss: 5, max_drawdown: 20, limits: { max_daily_loss: weekly, max_drawdown: weekly } }
    expect(parseLimits(both)).toEqual({
      ok: false,
      reason:
        'max_daily_loss is written twice, as a percentage and in "limits": remove one of them; ' +
        'max_drawdown is written twice, as a percentage and in "limits": remove one of them',
    })
  })

  it('may take the place of a short form that is none', () => {
    expect(parseLimits({ max_daily_loss: null, limits: { max_daily_loss: weekly } }).ok).toBe(true)
    expect(parseLimits({ max_daily_loss: 5, limits: { max_daily_loss: null } }).ok).toBe(true)
  })
})

describe('an unknown field', () => {
  it.each([
    ['untill', ['until', 'reason'], 'unknown field "untill", did you mean "until"?'],
    ['UNTIL', ['until'], 'unknown field "UNTIL", did you mean "until"?'],
    ['utnil', ['until'], 'unknown field "utnil", did you mean "until"?'],
    ['until3456', ['until'], 'unknown field "until3456" (known: until)'],
    ['a\nb', ['until'], 'unknown field "a\\nb" (known: until)'],
  ])('%j is explained', (name, known, words) => {
    expect(unknownField(name, known)).toBe(words)
  })

  it('is pictured shortly, however long it is', () => {
    expect(unknownField('x'.repeat(1_000_000), ['until']).length).toBeLessThan(120)
  })
})
