import { LIMITS } from '@drawbridge/contracts'
import { sessionAt } from '@drawbridge/risk-engine'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { type Limit, PRESETS, type Preset, README_LINES, type Size } from './test/preset-files.ts'
import { PRESET_SCHEMA } from './test/preset-schema.ts'

const FIRMS = [
  'alpha',
  'apex-eod',
  'apex-intraday',
  'breakout-1-step',
  'breakout-2-step',
  'e8',
  'freqtrade',
  'ftmo-1-step',
  'ftmo-2-step',
  'fundingpips',
  'hyrotrader',
  'metaapi',
  'mffu',
  'the5ers',
  'topstep-50k',
  'topstep-100k',
  'topstep-150k',
  'tradeify-crypto',
  'tradeify-growth',
  'tradovate',
]
const validate = new Ajv({ allErrors: true, strict: true }).compile(PRESET_SCHEMA)
const presets = [...PRESETS]

test.each(FIRMS)('there is a preset for %s', (firm) => {
  expect([...PRESETS.keys()].filter((name) => name.startsWith(firm))).not.toEqual([])
})

test.each(presets)('%s has every field, known parameters and allowed values only', (file, preset) => {
  validate(preset)
  expect(validate.errors ?? []).toEqual([])
  expect(preset.name).toBe(file)
})

test.each(presets)('%s resets in a time zone that exists', (_, { settings }) => {
  expect(() => new Intl.DateTimeFormat('en', { timeZone: settings.reset_time_zone })).not.toThrow()
})

test.each(presets)('%s names each source once, with a day that exists', (_, { sources }) => {
  expect(new Set(sources.map(({ address }) => address)).size).toBe(sources.length)
  expect(sources.filter(({ read }) => new Date(read).toJSON().slice(0, 10) !== read)).toEqual([])
})

test.each(presets)('%s has limits that can be kept together', (_, preset) => {
  expect(faultsOf(preset)).toEqual([])
})

test.each(presets)('%s has its row in the README', (_, preset) => {
  expect(README_LINES).toContain(rowOf(preset))
})

const hourly = presets.flatMap(([name, { settings }]) =>
  settings.sessions === undefined ? [] : [[name, settings.sessions] as const],
)

test('firms that publish hours have them', () => {
  expect(hourly.map(([name]) => name)).toEqual(['topstep-100k', 'topstep-150k', 'topstep-50k'])
})

test.each(hourly)('%s has hours that are taken', (_, written) => {
  expect(LIMITS.sessions.value.read(written)).toMatchObject({ ok: true })
})

// A winter's week; clocks in Chicago are 6 hours behind UTC.
test.each([
  ['2026-01-04T22:59:59Z', false],
  ['2026-01-04T23:00:00Z', true],
  ['2026-01-05T21:09:59Z', true],
  ['2026-01-05T21:10:00Z', false],
  ['2026-01-05T23:00:00Z', true],
  ['2026-01-09T21:09:59Z', true],
  ['2026-01-09T21:10:00Z', false],
  ['2026-01-09T23:00:00Z', false],
])('Topstep lets trade until 15:10, from 17:00 on, and not at weekends: at %s %s', (time, isOpen) => {
  for (const [, written] of hourly) {
    const sessions = LIMITS.sessions.value.read(written)
    if (!sessions.ok || sessions.value === null) throw new Error('there are no sessions')
    expect(sessionAt(Date.parse(time), sessions.value).isOpen).toBe(isOpen)
  }
})

test('the README lists no preset that does not exist', () => {
  const listed = README_LINES.flatMap((line) => /^\| `([^`]+)` \|/.exec(line)?.[1] ?? [])
  expect(listed).toEqual([...PRESETS.keys()])
})

test('the checks find each fault', () => {
  const line: Limit = { window: 'day', reference: { kind: 'initial' }, limit: { amount: 100 }, ends: 'at' }
  const warn = { at_percent: 50, action: 'warn' }
  const block = { at_percent: 40, action: 'block-entries' }
  const faulty = presetOf({ a: line, b: { ...line, ends: 'manual', tiers: [warn] } })
  expect(faultsOf(faulty)).toEqual([
    'limits of an amount hold for one size: name initial_balance',
    'a: ends "at" needs ends_at, and only it has one',
    'b: a limit without a tier that blocks says warn_only, and only it does',
  ])
  const steps = { ...line, ends: 'manual', limit: { percent: 100, of: 'initial' }, tiers: [warn, block] }
  expect(faultsOf(presetOf({ c: steps }))).toEqual([
    'c: tiers rise, up to 100 %',
    'c: the first floor is not between 0 and the example balance',
  ])
})

function presetOf(limits: Preset['settings']['limits']): Preset {
  const settings = { reset_time: '00:00', reset_time_zone: 'UTC', limits }
  return { name: 'x', title: 'X', sources: [], conflicts: [], example_balance: 1000, settings }
}

/** What the form alone does not show. */
function faultsOf({ settings, example_balance }: Preset): readonly string[] {
  const limits = Object.entries(settings.limits)
  const byAmount = limits.some(([, { limit }]) => 'amount' in limit)
  const size = settings.initial_balance ?? example_balance
  return [
    ...(byAmount && settings.initial_balance === undefined
      ? ['limits of an amount hold for one size: name initial_balance']
      : []),
    ...(size !== example_balance ? ['example_balance is not initial_balance'] : []),
    ...limits.flatMap(([name, limit]) => limitFaults(limit, size).map((fault) => `${name}: ${fault}`)),
  ]
}

function limitFaults({ tiers, ...limit }: Limit, balance: number): readonly string[] {
  const steps = tiers?.map(({ at_percent }) => at_percent) ?? []
  const blocks = tiers === undefined || tiers.some(({ action }) => action !== 'warn')
  const room = amountOf(limit.limit, balance)
  return [
    ...((limit.ends === 'at') !== (limit.ends_at !== undefined)
      ? ['ends "at" needs ends_at, and only it has one']
      : []),
    ...(blocks === (limit.warn_only === true)
      ? ['a limit without a tier that blocks says warn_only, and only it does']
      : []),
    ...(steps.some((step, i) => step > 100 || step <= (steps[i - 1] ?? 0)) ? ['tiers rise, up to 100 %'] : []),
    ...(room >= balance ? ['the first floor is not between 0 and the example balance'] : []),
  ]
}

/** At the start of an account every base is its balance. */
function amountOf(size: Size, balance: number): number {
  return 'amount' in size ? size.amount : (size.percent * balance) / 100
}

function rowOf({ name, title, settings, sources }: Preset): string {
  const limits = Object.entries(settings.limits).map(([limit, { window, limit: size }]) => {
    const room = 'amount' in size ? size.amount.toLocaleString('en') : `${size.percent} % of ${size.of}`
    return `${limit} (${window}): ${room}`
  })
  const trades = settings.max_losing_trades
  const counted = trades === undefined ? [] : [`max_losing_trades: ${trades.count} in ${trades.within_minutes} minutes`]
  const hours = settings.sessions?.block_entries === true ? ['entries in its hours'] : []
  const read = sources.map((source) => source.read).sort()[0]
  return `| \`${name}\` | ${title} | ${[...limits, ...counted, ...hours].join('; ')} | ${read} |`
}
