import { expect, test } from 'vitest'
import { limitsOf, loadConfig } from '../src/index.ts'

const load = (connectors: unknown, more: object = {}) => loadConfig({}, JSON.stringify({ connectors, ...more }))

function faultsOf(connectors: unknown, more: object = {}): readonly string[] {
  const config = load(connectors, more)
  return config.ok ? [] : config.reason.split('\n')
}

test('a connector reads and acts for the trader of its name, and closes nothing, unless it says otherwise', () => {
  const config = load({
    bot1: { adapter: 'generic', anything: 1 },
    spot: { adapter: 'generic', trader: 'bot2', every_seconds: 30, acts: false, dry_run: true },
    locks: { adapter: 'generic', trader: 'bot2', reads: false, may_close: true },
  })

  const usual = { everySeconds: null, reads: true, acts: true, mayClose: false, dryRun: false, secretFiles: {} }
  expect(config).toMatchObject({
    ok: true,
    value: {
      connector: { host: '127.0.0.1', port: 8084, dryRun: false },
      connectors: {
        bot1: { ...usual, adapter: 'generic', trader: 'bot1', written: { adapter: 'generic', anything: 1 } },
        spot: { ...usual, trader: 'bot2', everySeconds: 30, acts: false, dryRun: true },
        locks: { ...usual, trader: 'bot2', reads: false, mayClose: true },
      },
    },
  })
})

test.each([
  ['an adapter with a slip', { a: { adapter: 'genric' } }, 'a: adapter "genric" is not known, did you mean "generic"?'],
  ['an unknown adapter', { a: { adapter: 'myspace' } }, 'a: adapter "myspace" is not known (known adapters: '],
  ['no adapter', { a: {} }, 'a: adapter is missing'],
  ['a connector that is no object', { a: 'generic' }, 'a: must be a JSON object, got "generic"'],
  ['a name with a blank', { 'a b': { adapter: 'generic' } }, 'a b: the name of a connector, "a b" must be'],
  ['a trader that is none', { a: { adapter: 'generic', trader: 'x.y' } }, 'a: trader: trader id "x.y" must be'],
  [
    'a pace that is too fast',
    { a: { adapter: 'generic', every_seconds: 0 } },
    'a: every_seconds must be a whole number',
  ],
  [
    'nothing to do',
    { a: { adapter: 'generic', reads: false, acts: false } },
    'a: reads and acts are both false, so that it would do nothing',
  ],
])('%s is told', (_what, connectors, told) => {
  expect(faultsOf(connectors).join('\n')).toContain(`config.json, connectors.${told}`)
})

test('one account has one source of its equity', () => {
  const two = { a: { adapter: 'generic', trader: 'bot1' }, bot1: { adapter: 'generic' } }
  expect(faultsOf(two)).toEqual([
    'config.json, connectors: "a" and "bot1" both report the equity of trader "bot1": set "reads": false for one of them, or another trader',
  ])
  expect(
    faultsOf({ bot1: { adapter: 'generic' } }, { traders: { bot1: { source: 'replay', strategy: 'sma' } } }),
  ).toEqual(['config.json, connectors.bot1: trader "bot1" has the source "replay", which tells its equity'])
})

test('connectors that are no object are told', () => {
  expect(faultsOf([]).join()).toContain('connectors must be an object of connectors by name')
})

test.each(['constructor', '__proto__', 'toString'])('%s is a name like any other', (name) => {
  const named = (value: object) => Object.fromEntries([[name, value]])
  const alone = load(named({ adapter: 'generic' }), { traders: { bot1: {} } })
  if (!alone.ok) throw new Error(alone.reason)
  expect(Object.keys(alone.value.connectors)).toEqual([name])
  expect(alone.value.traders[name]).toBeUndefined()
  expect(limitsOf(alone.value, name)).toEqual(limitsOf(alone.value, 'any'))

  const both = load(named({ adapter: 'generic' }), { traders: named({ limits: { max_daily_loss: 5 } }) })
  if (!both.ok) throw new Error(both.reason)
  expect(both.value.traders[name]?.source).toEqual({ kind: 'http' })
  expect(faultsOf({}, { traders: { all: { source: 'sum', of: [name] } } }).join()).toContain(
    `"${name}", which is not one`,
  )
})
