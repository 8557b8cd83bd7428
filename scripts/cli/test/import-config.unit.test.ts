import { expect, test } from 'vitest'
import { changesOf, readNofxFile } from '../import-config/nofx-file.ts'

const read = (content: unknown) => readNofxFile(JSON.stringify(content))

test('limits, flags and initial balances are taken, and everything else is named without its value', () => {
  const content = {
    traders: [{ id: 'a', name: 'A', binance_secret_key: 'hidden', initial_balance: 1000.0 }, { id: 'b' }],
    leverage: { btc_eth_leverage: 5 },
    api_server_port: 8080,
    max_daily_loss: 10.0,
    max_drawdown: 20.0,
    stop_trading_minutes: 60,
    feature_flags: { enable_persistence: false, enable_mutex_protection: true },
    max_drawdwon: 5,
  }
  const imported = read(content)
  expect(imported).toEqual({
    ok: true,
    value: {
      limits: { max_daily_loss: '10', daily_loss_of: 'initial-balance', max_drawdown: '20', stop_trading_minutes: 60 },
      traders: { a: { initial_balance: '1000' }, b: {} },
      flags: { enable_persistence: false },
      unknown: [
        { place: 'leverage', hint: null },
        { place: 'api_server_port', hint: 'here it is TRADER_PORT' },
        { place: 'max_drawdwon', hint: 'did you mean max_drawdown?' },
        { place: 'feature_flags.enable_mutex_protection', hint: null },
        { place: 'traders[0].name', hint: null },
        { place: 'traders[0].binance_secret_key', hint: null },
      ],
    },
  })
  expect(JSON.stringify(imported)).not.toContain('hidden')
})

test('all faults are told at once', () => {
  const imported = read({
    max_daily_loss: 0,
    stop_trading_minutes: 'an hour',
    feature_flags: { enable_persistence: 'yes' },
    traders: [{ id: 'a.b' }, { id: 'c', initial_balance: -1 }, { id: 'd' }, { id: 'd' }, 'e', {}],
  })
  expect(imported.ok ? [] : imported.reason.split('\n')).toEqual([
    expect.stringContaining('stop_trading_minutes: must be whole minutes'),
    'max_daily_loss: must be above 0 and at most 100, got 0',
    'feature_flags.enable_persistence: must be true or false, got "yes"',
    expect.stringContaining('traders[0]: trader id "a.b" must be'),
    expect.stringContaining('traders[1].initial_balance: must be above 0'),
    'traders[3]: trader id "d" is there twice',
    'traders[4]: must be an object {id, initial_balance}',
    'traders[5]: id is missing: it must be text',
  ])
})

test.each([
  ['not JSON', '{ // a comment\n}', 'is not JSON'],
  ['a list', '[]', 'must be a JSON object'],
  ['a file of this program', '{"traders": {"bot1": {}}}', 'traders: must be a list'],
  [
    'an amount that JSON would round',
    '{"traders": [{"initial_balance": 1000.00000000000000001}]}',
    '21 significant digits',
  ],
  ['flags that are no object', '{"feature_flags": true}', 'feature_flags: must be an object'],
])('%s is refused', (_, text, reason) => {
  expect(readNofxFile(text)).toEqual({ ok: false, reason: expect.stringContaining(reason) })
})

test('only what is not in force already becomes an input', () => {
  const envelope = { inputSeq: 1, recordedAt: 0, reason: null, by: null }
  const imported = read({ max_drawdown: 20, feature_flags: { enable_persistence: true }, traders: [{ id: 'a' }] })
  if (!imported.ok) throw new Error(imported.reason)
  const flags = { ...envelope, kind: 'flags', enforcement: true, persistence: true, previous: null } as const
  expect(changesOf(imported.value, { flags, limits: null })).toEqual({
    changes: [{ setting: 'max_drawdown', before: undefined, after: '20' }],
    flags: null,
    limits: { max_drawdown: '20' },
  })
})

test.each(['__proto__', 'constructor'])('a trader may be called %s, like any other, and not twice', (id) => {
  const imported = read({ traders: [{ id, initial_balance: 1000 }] })
  if (!imported.ok) throw new Error(imported.reason)
  expect(Object.entries(imported.value.traders)).toEqual([[id, { initial_balance: '1000' }]])
  expect(read({ traders: [{ id }, { id }] })).toMatchObject({ ok: false, reason: expect.stringContaining('twice') })
})
