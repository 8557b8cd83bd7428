import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from '@drawbridge/service-kit/program'
import { callProgram, spawnProgram } from '@drawbridge/testing'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { connect } from '../connect.ts'

const DRAWBRIDGE = fileURLToPath(new URL('../main.ts', import.meta.url))

let cwd: string
let server: Server
/** What freqtrade answers, by path. */
let answers: Record<string, object> = {}

const HEALTHY = {
  '/api/v1/status': [],
  '/api/v1/balance': {
    stake: 'USDT',
    total: 1050.25,
    total_bot: 1000,
    currencies: [{ currency: 'USDT', balance: 1050.25, free: 1050.25, est_stake: 1050.25 }],
  },
  '/api/v1/show_config': { version: '2026.10', exchange: 'kraken', trading_mode: 'spot', state: 'running' },
}

beforeAll(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'drawbridge-connect-'))
  const answer: RequestListener = ({ url = '', headers }, response) => {
    const isKnown = headers.authorization === `Basic ${Buffer.from('me:secret').toString('base64')}`
    response.writeHead(isKnown ? 200 : 401).end(JSON.stringify(isKnown ? answers[url] : { detail: 'Unauthorized' }))
  }
  server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await writeFile(path.join(cwd, 'password'), 'secret', { mode: 0o600 })
})
afterEach(() => {
  answers = {}
})
afterAll(async () => {
  server.close()
  await rm(cwd, { recursive: true })
})

const urlOfFreqtrade = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
const connector = (more: object = {}) => ({
  adapter: 'freqtrade',
  url: urlOfFreqtrade(),
  username: 'me',
  password_file: path.join(cwd, 'password'),
  ...more,
})

async function call(args: readonly string[], connectors: object, more: object = {}) {
  const file = path.join(cwd, 'config.json')
  await writeFile(file, JSON.stringify({ connectors, ...more }))
  return callProgram((context) => runProgram(connect, args, context), { CONFIG_FILE: file })
}

test('a connector that works is shown as it is read and as the other side says', async () => {
  answers = HEALTHY
  const { code, stdout } = await call(['bot1'], { bot1: connector() })
  expect(code).toBe(0)
  expect(stdout).toMatch(/equity +1050.25/)
  expect(stdout).toMatch(/\/balance total_bot +1000 USDT/)
  expect(stdout).toMatch(/blocking +ok +it can block entries there/)
  expect(stdout).toContain('All is well.')
})

test('programs get one JSON object', async () => {
  answers = HEALTHY
  const { code, stdout } = await call(['bot1', '--json'], { bot1: connector() })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    connector: 'bot1',
    trader: 'bot1',
    healthy: true,
    reading: { equity: '1050.25', currency: 'USDT' },
    fields: { version: '2026.10' },
    findings: expect.arrayContaining([{ check: 'equity', status: 'ok', found: 'read', advice: null }]),
  })
})

test('a wrong password is a fault with what mends it, and is not shown', async () => {
  await writeFile(path.join(cwd, 'wrong'), 'hunter2')
  const { code, stdout } = await call(['bot1'], { bot1: connector({ password_file: path.join(cwd, 'wrong') }) })
  expect(code).toBe(1)
  expect(stdout).toMatch(/equity +fault +refused: it answers 401, it does not accept the key or password/)
  expect(stdout).toMatch(/blocking +warning +unknown until the other side answers/)
  expect(stdout).not.toContain('hunter2')
})

test('an account that cannot be reached is not said to be one where entries can be blocked', async () => {
  for (const more of [
    { url: 'http://127.0.0.1:9' },
    { url: `${urlOfFreqtrade()}/elsewhere` },
    { url: 'http://127.0.0.1:9', reads: false },
  ]) {
    const { code, stdout } = await call(['bot1'], { bot1: connector(more) })
    expect(code).toBe(1)
    expect(stdout).toMatch(/blocking +warning +unknown until the other side answers/)
  }
})

test('a secret that every user of the machine can read is no good health', async () => {
  answers = HEALTHY
  const open = path.join(cwd, 'open')
  await writeFile(open, 'secret')
  await chmod(open, 0o644)
  const { code, stdout } = await call(['bot1'], { bot1: connector({ password_file: open }) })
  expect(code).toBe(0)
  expect(stdout).toContain(`${open} can be read by every user of this machine`)
  expect(stdout).not.toContain('All is well.')
})

test('a secret whose file is missing is told with its full path, and nothing is said of what cannot be known', async () => {
  const { code, stdout } = await call(['bot1', '--json'], { bot1: connector({ password_file: 'secrets/not-there' }) })
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    findings: [
      {
        check: 'account',
        status: 'fault',
        found: expect.stringContaining(`password_file: there is no file ${path.resolve('secrets/not-there')}`),
        advice: expect.stringContaining('; a relative path begins in the working directory'),
      },
      { check: 'blocking', status: 'warning', found: 'unknown until the account can be opened' },
    ],
  })
})

test('a connector that only acts is not well while its account cannot be opened', async () => {
  const acts = connector({ reads: false, password_file: path.join(cwd, 'not-there') })
  const { code, stdout } = await call(['bot1'], { bot1: acts })
  expect(code).toBe(1)
  expect(stdout).toMatch(/account +fault .* there is no file /)
})

test('a trader that traders does not have is a warning with the one that was meant', async () => {
  answers = HEALTHY
  const { code, stdout } = await call(
    ['bot1'],
    { bot1: connector({ trader: 'btc-mian' }) },
    { traders: { 'btc-main': {} } },
  )
  expect(code).toBe(0)
  expect(stdout).toMatch(/trader +warning .* did you mean "btc-main"\?/)
})

test('another currency than that of the account is a fault, and a silence that nobody notices is a warning', async () => {
  answers = HEALTHY
  const limits = { currency: 'USD', stale_after_seconds: null }
  const { code, stdout } = await call(['bot1'], { bot1: connector() }, { limits })
  expect(code).toBe(1)
  expect(stdout).toContain('it counts in USDT, and the account in USD')
  expect(stdout).toContain('nobody notices when this account reports no more')
})

test('without a name the connectors are listed', async () => {
  const { code, stdout } = await call([], { bot1: connector(), b: connector({ trader: 'bot2', acts: false }) })
  expect(code).toBe(0)
  expect(stdout).toMatch(/bot1 +freqtrade +bot1 +reads, blocks entries/)
  expect(stdout).toMatch(/b +freqtrade +bot2 +reads\n/)
  expect((await call([], {})).stdout).toContain('config.json has no connectors')
})

test.each([
  ['a name with a slip', ['bto1'], {}, 'did you mean "bot1"?'],
  ['a field with a slip', ['bot1'], { usrname: 'x' }, 'unknown field "usrname", did you mean "username"?'],
  ['a password as itself', ['bot1'], { password: 'x' }, 'password does not belong in config.json'],
  ['no password', ['bot1'], { password_file: undefined }, 'password_file is missing'],
])('%s is told, with exit code 2', async (_what, args, more, told) => {
  const { code, stderr } = await call(args, { bot1: connector(more) })
  expect(code).toBe(2)
  expect(stderr).toContain(told)
})

test('it runs as a program', async () => {
  const { code, stdout } = await spawnProgram(DRAWBRIDGE, ['connect', '--help'])
  expect(code).toBe(0)
  expect(stdout).toContain('npm run drawbridge -- connect')
})
