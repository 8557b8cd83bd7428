import { parsed } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'

const text = (value: unknown) => JSON.stringify(value)

test('without a file and an environment everything has its default', () => {
  expect(loadConfig({}, null)).toEqual({
    ok: true,
    value: {
      natsUrl: 'nats://127.0.0.1:4222',
      nats: { url: 'nats://127.0.0.1:4222', seedFile: null, caFile: null, certFile: null, keyFile: null },
      databaseUrl: 'postgres://postgres:postgres@127.0.0.1:5432/drawbridge',
      databaseUrlFile: null,
      databasePasswordFile: null,
      databaseCaFile: null,
      logLevel: 'info',
      metrics: { enabled: true, tradersMax: 200 },
      tracing: null,
      enforcement: true,
      persistence: true,
      limits: {},
      maxTraders: null,
      traders: {},
      leaseMs: 10_000,
      http: {
        tokens: [],
        tokensFile: null,
        metricsOpen: false,
        allowedHosts: [],
        tlsCertFile: null,
        tlsKeyFile: null,
        requestsPerSecond: 2_000,
        unknownRequestsPerSecond: 100,
        connectionsMax: 4_096,
        connectionsPerAddressMax: 1_024,
        headersWithinMs: 5_000,
        requestWithinMs: 30_000,
        bodyLimitBytes: 65_536,
        busyAfterMs: 1_000,
      },
      console: { host: '127.0.0.1', port: 8080, sessionKey: null, sessionHours: 12 },
      trader: { host: '127.0.0.1', port: 8081, undecidedAfterMs: 1_000, unconfiguredMax: 1_000 },
      riskGuardian: { host: '127.0.0.1', port: 8082 },
      persister: {
        host: '127.0.0.1',
        port: 8083,
        batchSize: 1_000,
        flushIntervalMs: 50,
        riskLogWarnAtPercent: 80,
        retentionDays: null,
      },
      connector: { host: '127.0.0.1', port: 8084, dryRun: false, notesFolder: 'data/connector' },
      connectors: {},
      notify: {
        host: '127.0.0.1',
        port: 8085,
        channels: [],
        routes: [],
        quietHours: null,
        repeatMinutes: [5, 15, 60, 240],
        language: 'en',
        zone: 'UTC',
        consoleUrl: null,
        heartbeatFile: null,
        linkKey: null,
        resumeSeedFile: null,
      },
    },
  })
})

test('the environment takes precedence over the file', () => {
  const file = text({ nats_url: 'nats://file', lease_seconds: 5, enable_persistence: true, trader: { port: 1 } })
  const env = { NATS_URL: 'nats://env', LEASE_SECONDS: '7', ENABLE_PERSISTENCE: 'false', TRADER_PORT: '2' }
  const config = loadConfig(env, file)
  expect(config).toMatchObject({
    ok: true,
    value: { natsUrl: 'nats://env', leaseMs: 7_000, persistence: false, trader: { port: 2 } },
  })
})

test('the address of the database may be in a file', () => {
  const env = { DATABASE_URL_FILE: '/run/secrets/database-url' }
  const secret = { DATABASE_URL: parsed('postgres://secret') }
  expect(loadConfig(env, text({ database_url: 'postgres://file' }), secret)).toMatchObject({
    ok: true,
    value: { databaseUrl: 'postgres://secret', databaseUrlFile: '/run/secrets/database-url' },
  })
  expect(loadConfig({ ...env, DATABASE_URL: 'postgres://env' }, null, secret)).toEqual({
    ok: false,
    reason: 'DATABASE_URL_FILE: DATABASE_URL is set too; remove one of them',
  })
})

test('the silence of a replay is not judged, unless its limits say so', () => {
  const replay = { source: 'replay', strategy: 'sma' }
  const file = text({ traders: { a: replay, b: { ...replay, limits: { stale_after_seconds: 60 } }, c: {} } })
  expect(loadConfig({}, file)).toMatchObject({
    value: { traders: { a: { limits: { staleAfterSeconds: null } }, b: { limits: { staleAfterSeconds: 60 } } } },
  })
  const other = loadConfig({}, file)
  expect(other.ok && other.value.traders.c?.limits).toEqual({})
})

test('a trader has a source and limits of its own', () => {
  const file = text({
    traders: { bot1: {}, sp500: { source: 'replay', strategy: 'sma', limits: { max_daily_loss: 5 } } },
  })
  expect(loadConfig({}, file)).toMatchObject({
    ok: true,
    value: {
      traders: {
        bot1: { source: { kind: 'http' }, limits: {} },
        sp500: {
          source: { kind: 'replay', strategy: 'sma', file: null, units: 100 },
          limits: { maxDailyLossPct: 500_000_000n },
        },
      },
    },
  })
})

test('a trader has a group, tags, and money that is real unless it is a replay', () => {
  const about = { group: 'desk', tags: ['btc', 'slow'], paper: true }
  const file = text({ traders: { bot1: {}, bot2: about, sp500: { source: 'replay', strategy: 'sma' } } })
  expect(loadConfig({}, file)).toMatchObject({
    value: {
      traders: {
        bot1: { about: { group: null, tags: [], paper: false } },
        bot2: { about },
        sp500: { about: { paper: true } },
      },
    },
  })
})

test('a replay of real money is refused', () => {
  const file = text({ traders: { sp500: { source: 'replay', strategy: 'sma', paper: false } } })
  expect(loadConfig({}, file)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('traders.sp500: paper must be true'),
  })
})

test('a limit of null is written, too: no limit, where the default is one', () => {
  const file = text({ limits: { max_drawdown: null, confirm_jump: null } })
  expect(loadConfig({}, file)).toMatchObject({
    ok: true,
    value: { limits: { maxDrawdownPct: null, confirmJump: null } },
  })
})

test.each([
  ['not JSON', '{', 'config.json: is not JSON'],
  ['an array', '[]', 'config.json: must be a JSON object'],
  ['a typo', text({ limts: {} }), 'unknown field "limts", did you mean "limits"?'],
  ['a typo in limits', text({ limits: { max_drawdwon: 5 } }), 'config.json, limits: unknown field "max_drawdwon"'],
  ['a bad trader id', text({ traders: { 'a.b': {} } }), 'config.json, traders: trader id "a.b"'],
  ['a replay without a strategy', text({ traders: { a: { source: 'replay' } } }), 'strategy is missing'],
  ['a file for a trader of HTTP', text({ traders: { a: { file: 'x.csv' } } }), 'belong to the source "replay"'],
  ['traders that are no object', text({ traders: 'bot1' }), 'traders must be an object'],
  [
    'a limit that JSON would round',
    '{"traders": {"bot1": {"limits": {"initial_balance": 1000.00000000000000001}}}}',
    'config.json: initial_balance has 21 significant digits: a JSON number may have 15, send it as a string',
  ],
  [
    'a percentage with its sign',
    text({ limits: { max_daily_loss: '8%' } }),
    'config.json, limits: max_daily_loss must be a percentage above 0 and at most 100, got "8%": write 8',
  ],
  [
    'a zone without its underscore',
    text({ limits: { reset_time_zone: 'America/NewYork' } }),
    'got "America/NewYork", did you mean "America/New_York"?',
  ],
  [
    'a city as a zone, of one trader',
    text({ traders: { bot1: { limits: { reset_time_zone: 'new york' } } } }),
    'traders.bot1: limits: reset_time_zone must be an IANA time zone like "America/New_York", got "new york", did you mean "America/New_York"?',
  ],
  ['a lease too short', text({ lease_seconds: 1 }), 'lease_seconds must be whole seconds, 2 to 3600, got 1'],
])('%s is refused with what is wrong and where', (_name, file, fault) => {
  expect(loadConfig({}, file)).toEqual({ ok: false, reason: expect.stringContaining(fault) })
})

test.each([
  [{ TRADER_PORT: 'http' }, 'TRADER_PORT: must be a whole number, 0 to 65535, got "http"'],
  [{ ENABLE_PERSISTENCE: 'yes' }, 'ENABLE_PERSISTENCE: must be true or false, got "yes"'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL: must be one of'],
  [{ LEASE_SECONDS: '1.5' }, 'LEASE_SECONDS: must be a whole number'],
])('the environment %j is refused', (env, fault) => {
  expect(loadConfig(env, null)).toEqual({ ok: false, reason: expect.stringContaining(fault) })
})

test('all faults are told at once, those of fields beside faulty ones included', () => {
  const file = text({ limts: 1, limits: { max_daily_loss: 0 }, lease_seconds: 'x', traders: { 'a b': {} } })
  const config = loadConfig({ PERSISTER_PORT: '-1' }, file)
  expect(config.ok ? [] : config.reason.split('\n')).toHaveLength(5)
})

test.each([
  [{}, undefined, null],
  [{ retention_days: null }, undefined, null],
  [{ retention_days: 90 }, undefined, 90],
  [{ retention_days: 90 }, '7', 7],
  [{ retention_days: 90 }, '', 90],
  [{}, '36500', 36_500],
])('the history is kept as long as %j and RETENTION_DAYS=%s say', (persister, variable, days) => {
  const config = loadConfig(variable === undefined ? {} : { RETENTION_DAYS: variable }, text({ persister }))

  expect(config).toMatchObject({ ok: true, value: { persister: { retentionDays: days } } })
})

test.each([0, 6, -7, 36_501, 7.5, '90', true])('a retention of %j days is refused', (days) => {
  const config = loadConfig({}, text({ persister: { retention_days: days } }))

  expect(config).toMatchObject({ ok: false, reason: expect.stringContaining('whole days, 7 to 36500') })
})

test.each(['0', '6', '-7', '36501', '7.5', 'ever'])('RETENTION_DAYS=%s is refused', (days) => {
  const config = loadConfig({ RETENTION_DAYS: days }, null)

  expect(config).toMatchObject({
    ok: false,
    reason: expect.stringContaining('RETENTION_DAYS: must be a whole number, 7 to'),
  })
})

test('a section of the file configures HTTP, and the environment takes precedence', () => {
  const http = { tokens_file: 'tokens.json', metrics_open: true, requests_per_second: 10, allowed_hosts: ['A.example'] }
  const env = { HTTP_REQUESTS_PER_SECOND: '20', HTTP_TLS_CERT_FILE: 'cert.pem', HTTP_METRICS_OPEN: 'false' }

  expect(loadConfig(env, text({ http }))).toMatchObject({
    ok: true,
    value: {
      http: {
        tokensFile: 'tokens.json',
        metricsOpen: false,
        requestsPerSecond: 20,
        allowedHosts: ['A.example'],
        tlsCertFile: 'cert.pem',
      },
    },
  })
})

test.each([
  [{ http: { token_file: 'x' } }, {}, 'config.json, http: unknown field "token_file", did you mean "tokens_file"?'],
  [{ http: { body_limit_bytes: 1 } }, {}, 'body_limit_bytes must be a whole number, 1024 to 1048576, got 1'],
  [{ http: { allowed_hosts: 'x' } }, {}, 'allowed_hosts must be a list of names'],
  [{}, { HTTP_BODY_LIMIT_BYTES: 'big' }, 'HTTP_BODY_LIMIT_BYTES: must be a whole number'],
  [{}, { HTTP_METRICS_OPEN: 'yes' }, 'HTTP_METRICS_OPEN: must be true or false'],
  [{}, { API_TOKENS: 'a-token-as-it-is' }, 'API_TOKENS: is not JSON'],
])('settings of HTTP %j with %j are refused', (file, env, fault) => {
  expect(loadConfig(env, text(file))).toEqual({ ok: false, reason: expect.stringContaining(fault) })
})
