import { expect, test } from 'vitest'
import { loadConfig } from '../src/index.ts'

const load = (traders: object, more: object = {}) => loadConfig({}, JSON.stringify({ ...more, traders }))

function faultsOf(traders: object, more: object = {}): readonly string[] {
  const config = load(traders, more)
  return config.ok ? [] : config.reason.split('\n')
}

test('a sum has members, waits five seconds for them unless it says otherwise, and counts their deposits', () => {
  const config = load({
    desk: { source: 'sum', of: ['bot1', 'bot2'], limits: { max_daily_loss: 5 } },
    firm: { source: 'sum', of: ['desk'], settle_ms: 0, limits: { net_deposits: true } },
    bot1: { obeys: ['desk'] },
    bot2: { source: 'http', obeys: ['desk', 'firm'] },
  })

  expect(config).toMatchObject({
    ok: true,
    value: {
      traders: {
        desk: {
          source: { kind: 'sum', of: ['bot1', 'bot2'], settleMs: 5_000 },
          obeys: [],
          limits: { netDeposits: true, maxDailyLossPct: 500_000_000n },
        },
        firm: { source: { kind: 'sum', of: ['desk'], settleMs: 0 }, limits: { netDeposits: true } },
        bot1: { source: { kind: 'http' }, obeys: ['desk'], limits: {} },
        bot2: { obeys: ['desk', 'firm'] },
      },
    },
  })
})

test.each([
  [
    'a sum of nobody',
    { desk: { source: 'sum' } },
    'desk: of is missing: a sum needs its traders, like ["bot1", "bot2"]',
  ],
  ['an empty sum', { desk: { source: 'sum', of: [] } }, 'desk: of must be a list of 1 to 100 traders'],
  ['members of a bot', { a: { of: ['b'] }, b: {} }, 'a: of and settle_ms belong to the source "sum"'],
  ['a wait of a bot', { a: { settle_ms: 5 } }, 'a: of and settle_ms belong to the source "sum"'],
  [
    'a wait that is too long',
    { desk: { source: 'sum', of: ['a'], settle_ms: 60_001 }, a: {} },
    'desk: settle_ms must be a whole number of milliseconds, 0 to 60000, got 60001',
  ],
  [
    'a replay that obeys',
    { a: { source: 'replay', strategy: 'sma', obeys: ['b'] }, b: {} },
    'a: obeys belongs to the sources "http" and "sum"',
  ],
  [
    'a sum with bars',
    { desk: { source: 'sum', of: ['a'], units: 5 }, a: {} },
    'desk: strategy, file and units belong to the source "replay"',
  ],
  [
    'a member with a typo',
    { desk: { source: 'sum', of: ['bot1', 'bto2'] }, bot1: {}, bot2: {} },
    'desk: of names "bto2", which is not one of traders, did you mean "bot2"?',
  ],
  [
    'a member that is not there',
    { desk: { source: 'sum', of: ['other'] } },
    'desk: of names "other", which is not one of traders; add it there, for example as "other": {}',
  ],
  [
    'somebody unknown that is obeyed',
    { bot1: { obeys: ['dsek'] }, desk: {} },
    'bot1: obeys names "dsek", which is not one of traders, did you mean "desk"?',
  ],
  ['a member twice', { desk: { source: 'sum', of: ['a', 'a'] }, a: {} }, 'desk: of names "a" twice'],
  ['a sum of itself', { desk: { source: 'sum', of: ['desk'] } }, 'desk: of names the trader itself; take "desk" out'],
  ['who obeys itself', { bot1: { obeys: ['bot1'] } }, 'bot1: obeys names the trader itself; take "bot1" out'],
  [
    'a circle of sums',
    {
      x: { source: 'sum', of: ['a'] },
      a: { source: 'sum', of: ['b', 'bot'] },
      b: { source: 'sum', of: ['c'] },
      c: { source: 'sum', of: ['a'] },
      bot: {},
    },
    'traders.a: of goes in a circle: a -> b -> c -> a; take one out',
  ],
  [
    'two that obey each other',
    { a: { obeys: ['b'] }, b: { obeys: ['a'] } },
    'traders.a: obeys goes in a circle: a -> b -> a; take one out',
  ],
  [
    'a sum whose members are in two currencies',
    {
      desk: { source: 'sum', of: ['a', 'b'] },
      a: { limits: { currency: 'USD' } },
      b: { limits: { currency: 'EUR' } },
    },
    'desk: a sum has one currency, and here are a USD, b EUR',
  ],
  [
    'a sum that does not count deposits',
    { desk: { source: 'sum', of: ['a'], limits: { net_deposits: false } }, a: {} },
    'desk: limits: net_deposits must be true for a sum: a deposit of a member is no profit',
  ],
])('%s is refused with what is wrong and where, and with nothing else', (_name, traders, fault) => {
  const faults = faultsOf(traders)
  expect(faults).toHaveLength(1)
  expect(faults[0]).toContain(fault)
})

test('the currency of all traders is that of a member which names none', () => {
  const traders = { desk: { source: 'sum', of: ['a', 'b'] }, a: {}, b: { limits: { currency: 'EUR' } } }
  expect(faultsOf(traders)).toEqual([])
  expect(faultsOf(traders, { limits: { currency: 'USD' } })).toEqual([
    'config.json, traders.desk: a sum has one currency, and here are a USD, b EUR, desk USD',
  ])
})

test('members that obey the sum they are part of go in no circle', () => {
  expect(
    faultsOf({ desk: { source: 'sum', of: ['a', 'b'] }, a: { obeys: ['desk'] }, b: { obeys: ['desk', 'a'] } }),
  ).toEqual([])
})

test('a trader that is in a sum by two ways would count twice, and is refused', () => {
  const more = { left: { source: 'sum', of: ['bot', 'own'] }, right: { source: 'sum', of: ['bot'] }, bot: {}, own: {} }
  expect(faultsOf({ top: { source: 'sum', of: ['left', 'right'] }, ...more })).toEqual([
    'config.json, traders.top: of counts "bot" twice: by left and by right; take one out',
  ])
  expect(faultsOf({ top: { source: 'sum', of: ['left', 'own'] }, ...more })).toEqual([
    'config.json, traders.top: of counts "own" twice: by left and by own; take one out',
  ])
  expect(faultsOf({ top: { source: 'sum', of: ['own', 'right'] }, ...more })).toEqual([])
})

test('a trader may be in several sums, and obey them all', () => {
  expect(
    faultsOf({
      desk: { source: 'sum', of: ['a', 'b'] },
      team: { source: 'sum', of: ['b', 'c'] },
      a: { obeys: ['desk'] },
      b: { obeys: ['desk', 'team'] },
      c: { obeys: ['team'] },
    }),
  ).toEqual([])
})

test('all faults of groups are told at once, and a member with a fault of its own is not unknown', () => {
  expect(
    faultsOf({
      desk: { source: 'sum', of: ['a', 'nobody', 'a'] },
      a: { unit: 5 },
      b: { obeys: ['c', 'b'] },
      c: { obeys: ['b'] },
    }),
  ).toEqual([
    expect.stringContaining('traders.a: unknown field "unit"'),
    expect.stringContaining('traders.desk: of names "nobody"'),
    expect.stringContaining('traders.desk: of names "a" twice'),
    expect.stringContaining('traders.b: obeys names the trader itself'),
    expect.stringContaining('traders.b: obeys goes in a circle: b -> c -> b'),
  ])
})
