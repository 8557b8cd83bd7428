import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '@drawbridge/service-kit/program'
import { loadConfig, parseTokens } from '@drawbridge/settings'
import { callProgram, spawnProgram } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownersOf, sharedIds } from '../setup/owners.ts'
import { setUp, setup } from '../setup/setup.ts'

const SCRIPT = fileURLToPath(new URL('../setup.ts', import.meta.url))

let data: string
beforeEach(() => {
  data = mkdtempSync(path.join(tmpdir(), 'drawbridge-setup-'))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

/** Only root may give a file to somebody else. */
const me = process.getuid?.() ?? 0
const isRoot = me === 0
const owners = { services: me, database: me, prometheus: me, grafana: me }
const run = (bots: readonly string[] = [], withoutBots: readonly string[] = []) =>
  setUp({ data, bots, withoutBots, owners })
const read = (file: string) => readFileSync(path.join(data, 'secrets', file), 'utf8')

/** Every secret by its path. */
function secrets(): Readonly<Record<string, string>> {
  const files = readdirSync(path.join(data, 'secrets'), { recursive: true, withFileTypes: true })
  const paths = files.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name))
  return Object.fromEntries(paths.map((file) => [path.relative(data, file), readFileSync(file, 'utf8')]))
}

test('each container that keeps something has a folder of its own', () => {
  run()
  expect(readdirSync(data)).toEqual(
    expect.arrayContaining(['connector', 'grafana', 'jetstream', 'prometheus', 'timescale']),
  )
})

test('each service gets its own user of NATS and of the database, and nobody those of another', () => {
  run()

  expect(readdirSync(path.join(data, 'secrets/trader'))).toEqual(['nats.seed'])
  expect(read('trader/nats.seed')).toBe(read('nats-users/trader.seed'))
  expect(read('persister/nats.seed')).toBe(read('nats-users/persister.seed'))
  expect(read('persister/database-url')).toBe(
    `postgres://persister:${read('timescale/persister.password')}@timescale:5432/drawbridge`,
  )
  expect(read('migrate/database-url')).toContain('//migrator:')
  expect(read('console/database-url')).toContain('//reader:')
  expect(readdirSync(path.join(data, 'secrets/migrate'))).toEqual(['database-url'])
  expect(read('nats/users.conf')).not.toMatch(/\bSU/)
})

test('the console gets a key for its cookies that its settings take, and nobody else has it', () => {
  run()
  const key = read('console/session-key')
  expect(loadConfig({ CONSOLE_SESSION_KEY: key }, '{}')).toMatchObject({
    ok: true,
    value: { console: { sessionKey: key } },
  })
  const holders = Object.entries(secrets()).filter(([, text]) => text.includes(key))
  expect(holders.map(([file]) => file).sort()).toEqual([
    'secrets/console/session-key',
    'secrets/passwords/console-session-key',
  ])
})

test('what is secret is read by its owner alone', () => {
  run()
  const files = Object.keys(secrets()).filter((file) => !file.endsWith('.conf'))
  for (const file of files) expect(statSync(path.join(data, file)).mode & 0o077, file).toBe(0)
  for (const folder of readdirSync(path.join(data, 'secrets'))) {
    expect(statSync(path.join(data, 'secrets', folder)).mode & 0o777, folder).toBe(0o700)
  }
})

test('a repetition changes no secret', () => {
  const made = run()
  const before = secrets()
  expect(made).toContain('made NATS user guardian')

  expect(run()).toEqual([])
  expect(secrets()).toEqual(before)
})

test('a copy that was lost is made again from what is kept', () => {
  run()
  const before = secrets()
  rmSync(path.join(data, 'secrets/persister'), { recursive: true })
  run()
  expect(secrets()).toEqual(before)
})

test('a bot comes and goes', () => {
  run(['bot7'])
  expect(read('nats/bots.conf')).toContain('bot-bot7')
  run()
  expect(read('nats/bots.conf')).toContain('bot-bot7')
  run([], ['bot7'])
  expect(read('nats/bots.conf')).not.toContain('bot-bot7')
})

test('Prometheus gets a token that may read, and the services get only its hash', () => {
  run()
  const tokens = parseTokens(read('http/api-tokens.json'))
  expect(tokens.ok && tokens.value).toMatchObject([{ principal: { name: 'prometheus', role: 'read' } }])
  expect(read('http/api-tokens.json')).not.toContain(read('prometheus/token'))
})

test('a seed is shown to who asks the program for it, and nothing else', async () => {
  run()
  const shown = await spawnProgram(SCRIPT, ['--data', data, '--show-seed', 'guardian'])
  expect(shown).toEqual({ code: 0, stdout: `${read('nats-users/guardian.seed')}\n`, stderr: '' })
})

/** What setup says with these ids, as root alone can give files to them. */
const call = (env: Readonly<Record<string, string>>) =>
  callProgram((context) => runProgram(setup, ['--data', data], context), env)

test.runIf(isRoot)('secrets belong to ids that no host gives to people, and nothing is said of them', async () => {
  const { code, stdout } = await call({})

  expect(code).toBe(0)
  expect(stdout).not.toContain('warning')
  expect(statSync(path.join(data, 'secrets/trader/nats.seed')).uid).toBe(65_532)
  expect(statSync(path.join(data, 'secrets/timescale/postgres.password')).uid).toBe(70)
})

test.runIf(isRoot)('secrets that belong to an id of people are told in one line, with what mends it', async () => {
  const { code, stdout } = await call({ SERVICES_UID: '1000' })

  expect(code).toBe(0)
  const warnings = stdout.split('\n').filter((line) => line.startsWith('warning'))
  expect(warnings).toEqual([expect.stringMatching(/the services belong to user 1000\b.*SERVICES_UID in \.env/)])
})

test('the id of the database may be one of people, too, which another image mends', () => {
  expect(sharedIds(ownersOf({ POSTGRES_UID: '1000' }))).toEqual([expect.stringContaining('POSTGRES_UID')])
  expect(sharedIds(ownersOf({ POSTGRES_UID: '999' }))).toEqual([])
})

test.each(['0', '-1', 'node', '1.5', '4294967295'])('%s is refused as an id', async (id) => {
  expect(await call({ SERVICES_UID: id })).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('SERVICES_UID'),
  })
  expect(readdirSync(data)).toEqual([])
})

test.runIf(isRoot)('another id gets all that the one before had, and not what a link leads to', async () => {
  const elsewhere = path.join(data, 'elsewhere')
  await call({ SERVICES_UID: '1000' })
  writeFileSync(elsewhere, '')
  writeFileSync(path.join(data, 'jetstream/1.blk'), 'events')
  symlinkSync(elsewhere, path.join(data, 'jetstream/link'))

  await call({})

  const owner = (file: string) => statSync(path.join(data, file)).uid
  expect(owner('jetstream/1.blk')).toBe(65_532)
  expect(owner('secrets/http/api-tokens.json')).toBe(65_532)
  expect(owner('elsewhere')).toBe(me)
})
