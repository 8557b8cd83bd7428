import {
  type ConfigEvent,
  DEFAULT_LIMITS,
  decodeConfigEvent,
  encodeConfigEvent,
  parseLimits,
} from '@drawbridge/contracts'
import {
  applyConfiguration,
  BUILT_IN_CONFIGURATION,
  CONFIG_EVENT_BYTES_MAX,
  decideChange,
  decideConfiguration,
  limitsOf,
  resetsAround,
} from '@drawbridge/risk-engine'
import { describe, expect, it } from 'vitest'

const unsigned = { reason: null, by: null } as const
const noLimits = { kind: 'limits', limits: {}, traders: {}, maxTraders: null, ...unsigned } as const
const noFlags = { kind: 'flags', enforcement: null, persistence: null, ...unsigned } as const

describe('the configuration', () => {
  it('is built in until the log brings another', () => {
    expect(BUILT_IN_CONFIGURATION).toMatchObject({
      version: 0,
      enforcement: true,
      persistence: true,
      maxTraders: 10_000,
      defaults: DEFAULT_LIMITS,
    })
  })

  it('a change of one flag keeps the other, and is signed', () => {
    const event = decideConfiguration(
      BUILT_IN_CONFIGURATION,
      { ...noFlags, enforcement: false, reason: 'test', by: 'ann' },
      7,
      1000,
    )
    expect(event).toEqual({
      kind: 'flags',
      inputSeq: 7,
      recordedAt: 1000,
      reason: 'test',
      by: 'ann',
      enforcement: false,
      persistence: true,
      previous: { enforcement: true },
    })
    const after = applyConfiguration(BUILT_IN_CONFIGURATION, event)
    expect(after).toEqual({ ...BUILT_IN_CONFIGURATION, version: 7, enforcement: false })
    const second = decideConfiguration(after, { ...noFlags, persistence: false }, 8, 2000)
    expect(applyConfiguration(after, second)).toMatchObject({ enforcement: false, persistence: false, version: 8 })
  })

  it('takes no more than 32 limits of a trader, the short forms included, and removes them from one that has more', () => {
    const named = (count: number) => {
      const limit = { window: 'day', reference: { kind: 'initial' }, limit: { amount: 50 } }
      const limits = Object.fromEntries(Array.from({ length: count }, (_, index) => [`l${index}`, limit]))
      const read = parseLimits({ limits })
      if (!read.ok) throw new Error(read.reason)
      return read.value
    }
    const decided = (limits: object, traders = {}) =>
      decideChange(BUILT_IN_CONFIGURATION, { ...noLimits, limits, traders }, 1, 0)
    expect(decided(named(30))).toMatchObject({ ok: true })
    expect(decided({ ...named(32), maxDailyLossPct: null, maxDrawdownPct: null })).toMatchObject({ ok: true })
    expect(decided(named(31))).toMatchObject({ ok: false, reason: expect.stringMatching(/^limits: 33 limits/) })
    expect(decided({}, { a: named(31) })).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^traders\.a: limits: 33 limits .* remove one first/),
    })
    const older = { ...BUILT_IN_CONFIGURATION, defaults: { ...BUILT_IN_CONFIGURATION.defaults, ...named(32) } }
    const removal = { named: { l0: null } }
    expect(decideChange(older, { ...noLimits, limits: removal }, 1, 0)).toMatchObject({ ok: true })
  })

  it('a change of limits names the whole of what is then in force', () => {
    const first = decideConfiguration(
      BUILT_IN_CONFIGURATION,
      {
        ...noLimits,
        limits: { maxDrawdownPct: 5n },
        traders: { a: { maxDrawdownPct: 6n }, b: { stopTradingMinutes: 1 } },
        maxTraders: 3,
      },
      1,
      0,
    )
    const after = applyConfiguration(BUILT_IN_CONFIGURATION, first)
    const second = decideConfiguration(after, { ...noLimits, traders: { a: { stopTradingMinutes: 2 } } }, 2, 0)
    expect(second).toEqual({
      kind: 'limits',
      inputSeq: 2,
      recordedAt: 0,
      ...unsigned,
      defaults: { ...DEFAULT_LIMITS, maxDrawdownPct: 5n },
      traders: { a: { maxDrawdownPct: 6n, stopTradingMinutes: 2 }, b: { stopTradingMinutes: 1 } },
      maxTraders: 3,
      pending: [],
      previous: {
        defaults: {},
        traders: { a: { stopTradingMinutes: DEFAULT_LIMITS.stopTradingMinutes } },
        maxTraders: null,
      },
    })
  })

  it('a change of limits says what was in force of all that it names, of what was due meanwhile, too', () => {
    const loosenable = decideConfiguration(
      BUILT_IN_CONFIGURATION,
      { ...noLimits, limits: { loosenAfterMinutes: 1 }, traders: { a: { maxDrawdownPct: 6n } }, maxTraders: 3 },
      1,
      0,
    )
    const strict = applyConfiguration(BUILT_IN_CONFIGURATION, loosenable)
    const loosened = decideConfiguration(strict, { ...noLimits, limits: { maxDrawdownPct: null } }, 2, 0)
    const after = applyConfiguration(strict, loosened)
    const change = {
      ...noLimits,
      limits: { maxDrawdownPct: 5n },
      traders: { a: { maxDrawdownPct: 4n }, b: { maxDrawdownPct: 4n } },
      maxTraders: 2,
    }

    expect(decideConfiguration(after, change, 3, 59_999)).toMatchObject({
      previous: {
        defaults: { maxDrawdownPct: 20_00000000n },
        traders: { a: { maxDrawdownPct: 6n }, b: { maxDrawdownPct: 20_00000000n } },
        maxTraders: 3,
      },
    })
    expect(decideConfiguration(after, change, 3, 60_000)).toMatchObject({
      previous: {
        defaults: { maxDrawdownPct: null },
        traders: { a: { maxDrawdownPct: 6n }, b: { maxDrawdownPct: null } },
      },
    })
  })

  it('leaves out what was in force before where the event would be too long with it, instead of refusing the change', () => {
    const named = { resetTimeZone: 'America/Argentina/ComodRivadavia' }
    const traders = Object.fromEntries(Array.from({ length: 9_000 }, (_, index) => [`bot${index}`, named]))
    const first = decideConfiguration(BUILT_IN_CONFIGURATION, { ...noLimits, traders }, 1, 0)
    const after = applyConfiguration(BUILT_IN_CONFIGURATION, first)
    const second = decideConfiguration(after, { ...noLimits, traders }, 2, 0)

    expect(first).toMatchObject({ previous: { traders: { bot0: { resetTimeZone: 'UTC' } } } })
    expect(second).toEqual({ ...first, inputSeq: 2, previous: null })
    expect(encodeConfigEvent(second).length).toBeLessThanOrEqual(CONFIG_EVENT_BYTES_MAX)
  })

  it('judges a trader by its own limits over the configured ones of it over the defaults', () => {
    const event = decideConfiguration(
      BUILT_IN_CONFIGURATION,
      { ...noLimits, limits: { stopTradingMinutes: 1 }, traders: { a: { stopTradingMinutes: 2, maxDrawdownPct: 3n } } },
      1,
      0,
    )
    const configuration = applyConfiguration(BUILT_IN_CONFIGURATION, event)
    expect(limitsOf(configuration, 'b', null, 0)).toMatchObject({ stopTradingMinutes: 1, maxDrawdownPct: 20_00000000n })
    expect(limitsOf(configuration, 'a', null, 0)).toMatchObject({ stopTradingMinutes: 2, maxDrawdownPct: 3n })
    const own = { maxDrawdownPct: 4n }
    expect(limitsOf(configuration, 'a', own, 0)).toMatchObject({ stopTradingMinutes: 2, maxDrawdownPct: 4n })
    expect(limitsOf(configuration, 'a', own, 0)).toBe(limitsOf(configuration, 'a', own, 0))
    expect(limitsOf(BUILT_IN_CONFIGURATION, 'a', own, 0)).toMatchObject({ stopTradingMinutes: 60, maxDrawdownPct: 4n })
  })

  it('takes a trader by any valid id, those that objects have by nature included', () => {
    const traders = Object.fromEntries(
      ['__proto__', 'constructor', 'toString'].map((id) => [id, { stopTradingMinutes: 2 }]),
    )
    const first = decideConfiguration(BUILT_IN_CONFIGURATION, { ...noLimits, traders }, 1, 0)
    const stored = decodeConfigEvent('limits', encodeConfigEvent(first))
    expect(stored).toEqual({ ok: true, value: first })
    const configuration = applyConfiguration(BUILT_IN_CONFIGURATION, first)
    const second = decideConfiguration(configuration, noLimits, 2, 0)
    expect(Object.keys((second as Extract<ConfigEvent, { kind: 'limits' }>).traders)).toEqual(Object.keys(traders))
    for (const id of Object.keys(traders)) expect(limitsOf(configuration, id, null, 0).stopTradingMinutes).toBe(2)
  })

  it('keeps the largest input sequence as its version, whichever of its events is read last', () => {
    const flags = decideConfiguration(BUILT_IN_CONFIGURATION, noFlags, 9, 0)
    const limits = decideConfiguration(BUILT_IN_CONFIGURATION, noLimits, 4, 0)
    expect(applyConfiguration(applyConfiguration(BUILT_IN_CONFIGURATION, flags), limits).version).toBe(9)
    expect(applyConfiguration(applyConfiguration(BUILT_IN_CONFIGURATION, limits), flags).version).toBe(9)
  })
})

it('every time zone that limits may name has a daily reset', () => {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const short = letters.flatMap((a) => letters.flatMap((b) => letters.map((c) => a + b + c)))
  const odd = [
    'utc',
    'america/new_york',
    'EST5EDT',
    'GB-Eire',
    'Etc/GMT+5',
    '+05:30',
    '-0330',
    '\u221205:00',
    'SystemV/PST8',
  ]
  for (const zone of [...Intl.supportedValuesOf('timeZone'), ...short, ...odd]) {
    const limits = parseLimits({ reset_time_zone: zone })
    if (!limits.ok) continue
    const { last, next } = resetsAround(0, { resetTime: '00:00', resetTimeZone: zone })
    expect(last <= 0 && next > 0, zone).toBe(true)
  }
}, 60_000)
