import { readConnectorSetups } from '@drawbridge/connector'
import { loadConfig } from '@drawbridge/settings'
import { expect, test } from 'vitest'

/** The faults of one connector; none: it is valid. */
function faultsOf(connector: object, env: Record<string, string> = {}): readonly string[] {
  const config = loadConfig(env, JSON.stringify({ connectors: { bot1: connector } }))
  if (!config.ok) return config.reason.split('\n')
  const setups = readConnectorSetups(config.value)
  return setups.ok ? [] : setups.reason.split('\n')
}

const URLS = { adapter: 'generic', equity_url: 'http://127.0.0.1:9/account', equity_at: '/equity', currency: 'USD' }

test.each([
  ['addresses', URLS],
  ['a command', { adapter: 'generic', command: ['./account'], can: ['block'] }],
  ['a token in a file', { ...URLS, token_file: 'token' }],
  ['acting alone', { adapter: 'generic', reads: false, block_url: 'http://h/b', unblock_url: 'http://h/u' }],
])('a connector by %s is valid', (_what, connector) => {
  expect(faultsOf(connector)).toEqual([])
})

test('a secret in a file may be named by a variable', () => {
  expect(faultsOf(URLS, { CONNECTOR_BOT1_TOKEN_FILE: 'token' })).toEqual([])
  expect(faultsOf({ ...URLS, token_file: 'a' }, { CONNECTOR_BOT1_TOKEN_FILE: 'b' })).toEqual([
    'config.json, connectors.bot1: token_file is set by CONNECTOR_BOT1_TOKEN_FILE, too: remove one of them',
  ])
})

const BOTS = { 'bot-1': { ...URLS, equity_url: 'http://a/' }, bot_1: { ...URLS, equity_url: 'http://b/' } }
const ALERT = { adapter: 'tradingview', secret_file: 's', forward_url: 'http://h', exit_at: '/a', exit_values: ['b'] }
test.each([
  ['names that differ in a sign only', BOTS, 'CONNECTOR_BOT_1_TOKEN_FILE', ['bot-1', 'bot_1']],
  [
    'a name that ends like a secret',
    { x: ALERT, 'x-forward': URLS },
    'CONNECTOR_X_FORWARD_TOKEN_FILE',
    ['x', 'x-forward'],
  ],
])('no variable gives its secret to two connectors: %s', (_what, connectors, variable, [one, other]) => {
  const setupsOf = (env: Record<string, string>) => {
    const config = loadConfig(env, JSON.stringify({ connectors }))
    return config.ok ? readConnectorSetups(config.value) : config
  }
  expect(setupsOf({ [variable]: 'file' })).toMatchObject({
    reason: expect.stringContaining(`${variable} names a secret of both "${one}" and "${other}"`),
  })
  expect(setupsOf({})).toMatchObject({ ok: true })
})

test.each([
  ['a slip in a field', { ...URLS, equity_ur: 'x' }, 'unknown field "equity_ur", did you mean "equity_url"?'],
  ['a slip in a common field', { ...URLS, tradr: 'x' }, 'unknown field "tradr", did you mean "trader"?'],
  ['a secret as itself', { ...URLS, token: 'abc' }, 'token does not belong in config.json, which is no secret'],
  [
    'no place of the equity',
    { ...URLS, equity_at: undefined },
    'equity_at is missing: where the equity is in the answer',
  ],
  ['no currency', { ...URLS, currency: undefined }, 'currency is missing, like "USD"'],
  ['nothing to ask', { adapter: 'generic' }, 'equity_url is missing'],
  ['a block without an end', { ...URLS, block_url: 'http://h/b' }, 'block_url and unblock_url need each other'],
  ['a command and an address', { ...URLS, command: ['a'] }, 'equity_url belongs to addresses, and a command is given'],
  [
    'an address that is none',
    { ...URLS, equity_url: 'localhost:80' },
    'equity_url must be where the equity is asked for',
  ],
])('%s is told where it is, with what mends it', (_what, connector, told) => {
  expect(faultsOf(connector).join('\n')).toContain(`config.json, connectors.bot1: ${told}`)
})

test('a secret that was written as itself is not repeated', () => {
  expect(faultsOf({ ...URLS, token: 'hunter2' }).join()).not.toContain('hunter2')
})

const FREQTRADE = { adapter: 'freqtrade', url: 'http://h', username: 'me', password_file: 'p' }
const ALPACA = { adapter: 'alpaca', account: 'paper', key_id_file: 'k', secret_key_file: 's' }
const NOFX = { adapter: 'nofx', url: 'http://h', email: 'a@b', password_file: 'p', nofx_trader: 't' }
const ALERTS = { adapter: 'tradingview', secret_file: 's', forward_url: 'http://h', exit_at: '/a', exit_values: ['b'] }

test.each([
  ['equity_url', URLS, 'token_file or headers'],
  ['url', FREQTRADE, 'username and password_file'],
  ['url', NOFX, 'email and password_file'],
  ['base_url', ALPACA, 'key_id_file and secret_key_file'],
  ['forward_url', ALERTS, 'forward_token_file'],
])('a password in %s is a fault that says where it belongs, and is not shown', (field, connector, instead) => {
  expect(faultsOf(connector)).toEqual([])
  const told = `config.json, connectors.bot1: ${field} has a user or password, and no call can be made with it: take them out, and write ${instead} instead`
  const addresses = [
    'http://me:hunter2@127.0.0.1:9/x',
    'http://me@127.0.0.1:9/x',
    'http://me:hunter2 more@127.0.0.1:9',
    'http://me:hunter2/more@127.0.0.1:9',
    'http://me:hunter2#more@127.0.0.1:9',
    'http:///me:hunter2@127.0.0.1:9',
    'me:hunter2@127.0.0.1:9',
  ]
  for (const address of addresses) expect(faultsOf({ ...connector, [field]: address })).toEqual([told])
})

test.each(['http://127.0.0.1:99999/x', 'http://[::1/x'])('an address %s that no call can use is a fault', (address) => {
  const told = 'config.json, connectors.bot1: equity_url is no address that can be called: correct its host or its port'
  expect(faultsOf({ ...URLS, equity_url: address })).toEqual([told])
})

test('an "@" that follows the host stays, and so does an address in a command', () => {
  expect(faultsOf({ ...URLS, equity_url: 'http://127.0.0.1:9/me@bank?user=a:b@c' })).toEqual([])
  expect(faultsOf({ adapter: 'generic', command: ['curl', 'http://me:pw@127.0.0.1:9/'] })).toEqual([])
})

test.each(['metatrader5', 'MT5'])('whoever looks for an adapter "%s" is told that none is needed', (adapter) => {
  expect(faultsOf({ adapter }).join()).toContain('its Expert Advisor reports and asks by itself')
})

/** What is said of one connector that is valid. */
function warningsOf(connector: object) {
  const config = loadConfig({}, JSON.stringify({ connectors: { bot1: connector } }))
  if (!config.ok) throw new Error(config.reason)
  const setups = readConnectorSetups(config.value)
  if (!setups.ok) throw new Error(setups.reason)
  return setups.value.flatMap(({ warnings }) => warnings)
}

test('an every_seconds that the limits of the other side do not carry is said, with one that they do', () => {
  const freqtrade = { adapter: 'freqtrade', url: 'http://127.0.0.1:9', username: 'me', password_file: 'password' }
  expect(warningsOf({ ...freqtrade, every_seconds: 3 })).toEqual([
    {
      found: 'it is read every 4 s in the long run, and not every 3 s: the other side allows no more calls',
      advice: 'write "every_seconds": 4 or more',
    },
  ])
  expect(warningsOf({ ...freqtrade, every_seconds: 4 })).toEqual([])
  expect(warningsOf({ ...freqtrade, every_seconds: 1, reads: false })).toEqual([])
  expect(warningsOf({ ...URLS, every_seconds: 1, calls_per_minute: 60 })).toHaveLength(1)
  expect(warningsOf({ ...URLS, every_seconds: 1, calls_per_minute: 200 })).toEqual([])
})
