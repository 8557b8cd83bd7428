import { FIRM_EXAMPLES, type FirmExample } from '@drawbridge/testing/engine'
import { describe, expect, test } from 'vitest'
import { type Limit, type Preset, presetNamed } from './test/preset-files.ts'

type Rule = FirmExample['rules'][number]

/** Which preset has the rules of a worked example; null: there is none for that firm. */
const PRESET_OF: Readonly<Record<string, string | null>> = {
  'ftmo2-daily-profit-then-float': 'ftmo-2-step',
  'ftmo2-daily-carried-gain': 'ftmo-2-step',
  'ftmo2-daily-carried-loss': 'ftmo-2-step',
  'ftmo2-max-loss-static': 'ftmo-2-step',
  'same-reset-ftmo': 'ftmo-2-step',
  'ftmo1-max-loss-eod': 'ftmo-1-step',
  'topstep-mll-lock': 'topstep-50k',
  'topstep-dll-soft': 'topstep-50k',
  'apex-intraday-threshold': 'apex-intraday-50k',
  'apex-2026-intraday': 'apex-intraday-50k',
  'apex-2026-eod-dll': 'apex-eod-50k',
  'mffu-eod': 'mffu-50k',
  'tradeify-eod': 'tradeify-growth-50k',
  'tradeify-crypto-eod': 'tradeify-crypto',
  'breakout1-daily': 'breakout-1-step',
  'breakout2-hwm': 'breakout-2-step',
  'alpha-carried-gain': 'alpha-pro-10',
  'alpha-carried-loss': 'alpha-pro-10',
  'same-reset-alpha': 'alpha-pro-10',
  'the5ers-higher-of-two-gain': 'the5ers-high-stakes',
  'same-reset-fundingpips': 'fundingpips-2-step',
  'hyro-trailing-day': 'hyrotrader',
  'e8-dynamic-closed-balance': 'e8-one',
  'tradovate-daily-amount': 'tradovate-tiers',
  'tx3-eod-lock-plus-100': null,
  'quantum-higher-of-two-gain': null,
  'aqua-higher-minus-initial': null,
  'itrader-equity-at-reset': null,
  'itrader-equity-at-reset-loss': null,
  'fintokei-equity-at-midnight': null,
  'fortraders-percent-of-peak-lock': null,
  'same-reset-blue': null,
  'blueguardian-carried-loss': null,
}

/** Where a preset is another than the example, and the words by which its `conflicts` say so. */
const DIFFERS: Readonly<Record<string, { readonly fields: readonly string[]; readonly said: readonly string[] }>> = {
  'apex-intraday-threshold': {
    fields: ['max_loss.limit', 'max_loss.lock', 'day.reset_time', 'day.zone'],
    said: ['before March 2026 had 2,500', 'no lock'],
  },
  'the5ers-higher-of-two-gain': { fields: ['day.reset_time', 'day.zone'], said: ['Etc/GMT-3'] },
  'e8-dynamic-closed-balance': { fields: ['day.zone'], said: ['counts in UTC'] },
}

/** These four say "each firm's own reset time aside". */
const hasFirmsOwnDay = (id: string) => !id.startsWith('same-reset-')

test('each worked example of a firm has its preset, or none on purpose', () => {
  expect(Object.keys(PRESET_OF).sort()).toEqual(FIRM_EXAMPLES.map(({ id }) => id).sort())
})

describe('a preset has the rules of the worked example', () => {
  const withPreset = FIRM_EXAMPLES.flatMap((example) => {
    const name = PRESET_OF[example.id]
    return name ? [[example.id, name, example] as const] : []
  })

  test.each(withPreset)('%s as %s', (id, name, example) => {
    expect(differences(example, presetNamed(name))).toEqual(DIFFERS[id]?.fields ?? [])
  })

  test.each(Object.entries(DIFFERS))('except where its conflicts say why: %s', (id, { said }) => {
    const { conflicts } = presetNamed(PRESET_OF[id] ?? '')
    expect(said.filter((words) => !conflicts.some((sentence) => sentence.includes(words)))).toEqual([])
  })
})

function differences(example: FirmExample, { settings }: Preset): readonly string[] {
  const day = { reset_time: settings.reset_time, zone: settings.reset_time_zone }
  const size = settings.initial_balance ?? Number(example.initial_balance)
  return [
    ...(size === Number(example.initial_balance) ? [] : ['initial_balance']),
    ...example.rules.flatMap((rule) => ruleDifferences(rule, settings.limits[rule.name])),
    ...(hasFirmsOwnDay(example.id) ? unequal('day', day, example.day) : []),
  ]
}

function ruleDifferences(rule: Rule, limit: Limit | undefined): readonly string[] {
  if (limit === undefined) return [rule.name]
  const parts = ({ window, reference, limit: size, lock }: Rule | Limit) => ({ window, reference, limit: size, lock })
  // A rule of the examples ends with the day, or with the account.
  const ends = rule.ends === 'next-day' ? 'next-window' : 'manual'
  return unequal(rule.name, { ...parts(limit), ends: limit.ends }, { ...parts(rule), ends })
}

/** The fields whose values differ, as `name.field`. */
function unequal<T extends object>(name: string, one: T, other: T): readonly string[] {
  const same = (key: keyof T) => JSON.stringify(sorted(one[key])) === JSON.stringify(sorted(other[key]))
  return (Object.keys(one) as (keyof T)[]).filter((key) => !same(key)).map((key) => `${name}.${String(key)}`)
}

/** The order of an object's fields says nothing. */
function sorted(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Object.entries(value).sort() : value
}
