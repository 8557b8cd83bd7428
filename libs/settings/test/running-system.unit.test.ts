import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { VARIABLES } from '../src/index.ts'
import { findRunning, tellRunning, untellRunning } from '../src/running-system.ts'

const KNOWN = ['NATS_URL', 'DATABASE_URL', 'DB_HOST', 'CONFIG_FILE', 'CONSOLE_PORT', 'API_TOKENS']
const TOLD = { NATS_URL: 'nats://mine', DATABASE_URL: 'postgres://mine', CONSOLE_PORT: '1', CONFIG_FILE: '/own.json' }

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'drawbridge-running-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

function tell(folder: string, env: Record<string, string> = TOLD, known: readonly string[] = KNOWN): void {
  mkdirSync(path.join(cwd, folder), { recursive: true })
  tellRunning(path.join(cwd, folder), env, known)
}

function find(env: Record<string, string> = {}, namesServers = false) {
  const notice = findRunning({ env, cwd }, namesServers)
  return { notice, env }
}

/** Leaves the file as a run does that was killed. */
function kill(folder: string): void {
  const file = path.join(cwd, folder, 'running.json')
  const ended = spawnSync(process.execPath, ['--version']).pid
  const system = JSON.parse(readFileSync(file, 'utf8')) as { process: object }
  writeFileSync(file, JSON.stringify({ ...system, process: { pid: ended, identity: 'gone' } }))
}

test('a command finds the running demo, and its own settings take precedence', () => {
  tell('data/demo')
  expect(find()).toEqual({ notice: null, env: TOLD })
  expect(find({ CONSOLE_PORT: '2', NATS_URL: 'nats://mine' }).env).toEqual({ ...TOLD, CONSOLE_PORT: '2' })
})

test('commands are told where each service listens, as each may have another port than the usual one', () => {
  const services = ['CONSOLE', 'TRADER', 'RISK_GUARDIAN', 'PERSISTER', 'CONNECTOR', 'NOTIFIER']
  const ports = Object.fromEntries(services.map((name, index) => [`${name}_PORT`, String(index + 1)]))
  tell('data/demo', ports, VARIABLES)
  expect(find().env).toEqual(ports)
})

test.each([{ NATS_URL: 'nats://other' }, { DATABASE_URL: 'postgres://other' }, { DB_HOST: 'other' }])(
  'an environment that names another server (%j) is not mixed with the running system',
  (env) => {
    tell('data/demo')
    expect(find({ ...env })).toEqual({ notice: null, env })
  },
)

test('only its owner can read the file, which holds no API tokens', () => {
  tell('data/demo', { ...TOLD, API_TOKENS: 'secret' })
  const file = path.join(cwd, 'data/demo/running.json')
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readFileSync(file, 'utf8')).not.toContain('secret')
})

test.each(['data/system', 'data'])('with a config.json the system of %s comes before the demo', (folder) => {
  tell('data/demo')
  tell(folder, { ...TOLD, NATS_URL: 'nats://own' })
  expect(find().env).toMatchObject({ NATS_URL: 'nats://mine' })
  writeFileSync(path.join(cwd, 'config.json'), '{}')
  expect(find()).toMatchObject({ notice: null, env: { NATS_URL: 'nats://own' } })
})

test('the demo serves beside a config.json only if nothing else runs, and that is said', () => {
  tell('data/demo')
  writeFileSync(path.join(cwd, 'config.json'), '{}')
  const { CONFIG_FILE: _, ...servers } = TOLD
  expect(find()).toEqual({ notice: 'Using the system that npm start runs on ./data/demo.', env: servers })
  expect(find({}, true)).toEqual({ notice: null, env: {} })
})

test('a file that a killed run left is noticed, and not used', () => {
  tell('data/demo')
  kill('data/demo')
  expect(find()).toEqual({ notice: expect.stringContaining('no longer runs: ./data/demo/running.json'), env: {} })
  expect(find({ NATS_URL: 'nats://other' }).notice).toBeNull()
})

test('after an orderly end nothing is found', () => {
  tell('data/demo')
  untellRunning(path.join(cwd, 'data/demo'))
  expect(find()).toEqual({ notice: null, env: {} })
})
