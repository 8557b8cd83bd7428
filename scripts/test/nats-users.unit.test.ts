import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { NATS_USERS } from '@drawbridge/contracts'
import { runProgram } from '@drawbridge/service-kit/program'
import { callProgram, spawnProgram } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { natsUsers } from '../nats-users/nats-users.ts'
import { serverConfig } from '../nats-users/server-config.ts'

const SCRIPT = fileURLToPath(new URL('../nats-users.ts', import.meta.url))
const COMMITTED = new URL('../../infra/compose/nats.conf', import.meta.url)
const SEED = /\bSU[A-Z2-7]{56}\b/

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'drawbridge-nats-users-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const run = (...args: readonly string[]) =>
  callProgram((context) => runProgram(natsUsers, ['--folder', folder, ...args], context))
const read = (name: string) => readFileSync(path.join(folder, name), 'utf8')

test('the committed nats.conf is what the contracts say; npm run nats-users -- --write-config writes it', () => {
  expect(readFileSync(COMMITTED, 'utf8')).toBe(serverConfig())
})

test('each user gets a seed that its owner alone can read, and none is printed', async () => {
  const { code, stdout, stderr } = await spawnProgram(SCRIPT, ['--folder', folder, '--bot', 'bot1'])

  expect(code, stderr).toBe(0)
  const seeds = readdirSync(folder).filter((name) => name.endsWith('.seed'))
  expect(seeds.sort()).toEqual([...NATS_USERS, 'bot-bot1'].map((user) => `${user}.seed`).sort())
  for (const seed of seeds) {
    expect(statSync(path.join(folder, seed)).mode & 0o777).toBe(0o600)
    expect(read(seed)).toMatch(SEED)
  }
  expect(stdout + stderr).not.toMatch(SEED)
  expect(['users.conf', 'bots.conf', 'tls.conf'].map(read).join('')).not.toMatch(SEED)
})

test('a second run keeps every seed, and adds and removes bots', async () => {
  await run('--bot', 'bot1')
  const before = read('guardian.seed')

  const { stdout } = await run('--bot', 'bot2', '--without-bot', 'bot1', '--json')

  const users = JSON.parse(stdout) as readonly { user: string; created: boolean }[]
  expect(users.filter(({ created }) => created).map(({ user }) => user)).toEqual(['bot-bot2'])
  expect(read('guardian.seed')).toBe(before)
  expect(read('bots.conf')).toContain('equity.tick.bot2')
  expect(read('bots.conf')).not.toContain('equity.tick.bot1')
})

test('the user for resumes in Telegram is there only where it is wanted, and has that one command', async () => {
  await run()
  expect(read('bots.conf')).not.toContain('command.telegram')

  await run('--telegram')
  await run('--bot', 'bot1')
  const allowed = /telegram \{[\s\S]*?allow: \[([^\]]*)\]/.exec(read('bots.conf'))?.[1]?.match(/"[^"]+"/g)
  expect(allowed).toEqual(['"command.telegram.resume.*"', '"guardian.newest.*"'])

  await run('--without-telegram')
  expect(read('bots.conf')).not.toContain('command.telegram')
  expect(readdirSync(folder)).not.toContain('telegram.seed')
})

test('a seed is shown to who asks for it', async () => {
  await run()

  expect((await run('--show-seed', 'guardian')).stdout.trim()).toBe(read('guardian.seed'))
})

test('TLS stays as it was set until it is set otherwise', async () => {
  await run('--tls-cert', '/c.pem', '--tls-key', '/k.pem', '--tls-client-ca', '/ca.pem')
  await run()

  expect(read('tls.conf')).toMatch(
    /cert_file: "\/c.pem"\n {2}key_file: "\/k.pem"\n {2}ca_file: "\/ca.pem"\n {2}verify: true/,
  )
})

test.each([
  [['--bot', 'a.b'], 'trader id'],
  [['--tls-cert', 'c.pem'], '--tls-cert and --tls-key go together'],
  [['--nonsense'], '--nonsense'],
])('%s is refused with what is wrong', async (args, reason) => {
  const { code, stderr } = await run(...args)

  expect(code).toBe(2)
  expect(stderr).toContain(reason)
})

test('a file that holds no seed is named, and not what it holds', async () => {
  writeFileSync(path.join(folder, 'trader.seed'), 'my secret')

  const { code, stderr } = await run()

  expect(code).toBe(1)
  expect(stderr).toContain('trader.seed does not hold the seed')
  expect(stderr).not.toContain('my secret')
})
