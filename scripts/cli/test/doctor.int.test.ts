import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { streams, subjects } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { startGuardian } from '@drawbridge/risk-guardian'
import {
  createDatabase,
  eventually,
  type Finished,
  infrastructure,
  makeCertificates,
  resetStreams,
  startHere,
} from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/persister-scene'
import { runCommandWith, spawnCommandWith } from '@drawbridge/testing/run-command'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Finding } from '../doctor/finding.ts'
import { startOwnNats } from './own-nats.ts'

let scene: Scene
let folder: string
/** Says what the streams of the scene were made with. */
let configFile: string
let guardianPort: string
/** Takes connections and says nothing. */
let silent: Server
/** The report about servers that say nothing. It takes longest, so it begins before the other tests. */
let silence: Promise<Report>

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-doctor-'))
  configFile = path.join(folder, 'config.json')
  await writeFile(configFile, JSON.stringify({ limits: { confirm_jump: null, stale_after_seconds: null } }))
  scene = await Scene.open()
  await scene.startPersister()
  const guardian = await startHere(startGuardian, { NATS_URL: infrastructure().natsUrl })
  guardianPort = new URL(await guardian.url()).port
  const limits = () => lastMessage(scene.manager, streams.risk, subjects.config('limits'))
  await eventually(limits, { what: 'the first limits to be in the log' })
  silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const silentServers = {
    NATS_URL: `nats://127.0.0.1:${portOf(silent)}`,
    DATABASE_URL: `postgres://user:hidden@127.0.0.1:${portOf(silent)}/db`,
  }
  silence = report(silentServers, spawnCommandWith)
  silence.catch(() => undefined)
})
afterAll(async () => {
  silent.close()
  await scene.close()
  await rm(folder, { recursive: true, force: true })
})

const portOf = (server: Server) => (server.address() as AddressInfo).port

function run(
  env: Readonly<Record<string, string>>,
  args: readonly string[] = [],
  way: typeof runCommandWith = runCommandWith,
): Promise<Finished> {
  const ports = { CONSOLE_PORT: '0', TRADER_PORT: '0', RISK_GUARDIAN_PORT: '0', PERSISTER_PORT: '0' }
  return way({ DATABASE_URL: scene.database.url, CONFIG_FILE: configFile, ...ports, ...env }, 'doctor', ...args)
}

interface Report {
  readonly code: number | null
  readonly of: (check: string) => readonly Finding[]
  readonly faults: readonly string[]
  readonly findings: readonly Finding[]
}

async function report(env: Readonly<Record<string, string>> = {}, way = runCommandWith): Promise<Report> {
  const { code, stdout } = await run(env, ['--json'], way)
  const { healthy, findings } = JSON.parse(stdout) as { healthy: boolean; findings: Finding[] }
  expect(healthy).toBe(code === 0)
  return {
    code,
    findings,
    of: (check) => findings.filter((finding) => finding.check === check),
    faults: findings.filter(({ status }) => status === 'fault').map(({ check }) => check),
  }
}

describe.concurrent('where all runs', () => {
  test('every check is made and finds nothing wrong', async () => {
    const { code, findings, faults } = await report()
    expect({ code, faults }).toEqual({ code: 0, faults: [] })
    const checks = findings.filter(({ status }) => status === 'ok').map(({ check }) => check)
    expect(checks).toEqual(
      expect.arrayContaining([
        'Node.js',
        'settings',
        'JetStream',
        'PostgreSQL',
        'TimescaleDB',
        'migrations',
        ...Object.values(streams).map((name) => `stream ${name}`),
        'use of RISK',
        'room on NATS',
        'permissions on NATS',
        'consumer of the persisters',
        'risk guardian',
        'clock of NATS',
        'settings and log',
        'clock of the database',
        'history',
        'port of the trader',
      ]),
    )
  })

  test('for people it is a table', async () => {
    const { code, stdout } = await run({})
    expect(code).toBe(0)
    expect(stdout).toMatch(/check +status +found +what to do/)
    expect(stdout).toMatch(/PostgreSQL +ok +1\d/)
  })

  test('nothing that it tries is stored', async () => {
    const before = await scene.manager.streams.info(streams.inputs)
    await report()
    const after = await scene.manager.streams.info(streams.inputs)
    expect(after.state.last_seq).toBe(before.state.last_seq)
  })

  test('a difference between settings and log is a warning that says how to change it', async () => {
    const { code, of } = await report({ MAX_DRAWDOWN: '7' })
    expect(code).toBe(0)
    expect(of('settings and log')).toMatchObject([
      {
        status: 'warning',
        found: 'limits.max_drawdown is 20 in the log and 7 in the settings',
        advice: 'The log takes precedence. To put the settings in force: npm run drawbridge -- apply-config',
      },
    ])
  })

  test('a port is ours, or a fault where another program has it', async () => {
    const { of, faults } = await report({
      RISK_GUARDIAN_PORT: guardianPort,
      TRADER_PORT: String(portOf(silent)),
    })
    expect(of('port of the risk guardian')).toMatchObject([
      { status: 'ok', found: expect.stringContaining('served by Drawbridge') },
    ])
    expect(faults).toEqual(['port of the trader'])
    expect(of('port of the trader')).toMatchObject([{ advice: expect.stringContaining('TRADER_PORT') }])
  })
})

test('a port is ours where it is served by TLS, too, whoever signed the certificate', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-doctor-'))
  const { server } = await makeCertificates(['localhost'])
  await writeFile(path.join(folder, 'cert.pem'), server.cert)
  await writeFile(path.join(folder, 'key.pem'), server.key)
  const secured = await startHere(startGuardian, {
    NATS_URL: infrastructure().natsUrl,
    HTTP_TLS_CERT_FILE: path.join(folder, 'cert.pem'),
    HTTP_TLS_KEY_FILE: path.join(folder, 'key.pem'),
  })

  const { of } = await report({ RISK_GUARDIAN_PORT: new URL(await secured.url()).port })

  await secured.stop()
  await rm(folder, { recursive: true })
  expect(of('port of the risk guardian')).toMatchObject([
    { status: 'ok', found: expect.stringContaining('served by Drawbridge') },
  ])
})

describe('what is wrong is told with what to do, and the others are checked all the same', () => {
  test.concurrent('settings at fault, each of them', async () => {
    const { code, of, faults } = await report({ LOG_LEVEL: 'loud', DB_HSOT: 'db' })
    expect({ code, faults }).toEqual({ code: 1, faults: ['settings', 'settings'] })
    expect(
      of('settings')
        .map(({ found }) => found.split(':')[0])
        .sort(),
    ).toEqual(['DB_HSOT', 'LOG_LEVEL'])
    expect(of('Node.js')).toMatchObject([{ status: 'ok' }])
  })

  test.concurrent('NATS that is away', async () => {
    const { code, of, faults } = await report({ NATS_URL: 'nats://user:hidden@127.0.0.1:1' })
    expect({ code, faults }).toEqual({ code: 1, faults: ['NATS'] })
    expect(of('NATS')).toMatchObject([{ advice: expect.stringContaining('NATS_URL') }])
    expect(JSON.stringify(of('NATS'))).not.toContain('hidden')
    expect(of('migrations')).toMatchObject([{ status: 'ok' }])
  })

  test.concurrent('NATS and a database that take connections and say nothing', async () => {
    const { code, faults, of } = await silence
    expect({ code, faults }).toEqual({ code: 1, faults: ['NATS', 'PostgreSQL'] })
    expect(of('port of the trader')).toMatchObject([{ status: 'ok' }])
  })

  test.concurrent('a database that is away', async () => {
    const { code, of, faults } = await report({ DATABASE_URL: 'postgres://user:hidden@127.0.0.1:1/db' })
    expect({ code, faults }).toEqual({ code: 1, faults: ['PostgreSQL'] })
    expect(of('PostgreSQL')).toMatchObject([{ advice: expect.stringContaining('DATABASE_URL') }])
    expect(JSON.stringify(of('PostgreSQL'))).not.toContain('hidden')
    expect(of('stream RISK')).toMatchObject([{ status: 'ok' }])
  })

  test.concurrent('a database without tables', async () => {
    const database = await createDatabase()
    const { code, of, faults } = await report({ DATABASE_URL: database.url })
    await database.drop()
    expect({ code, faults }).toEqual({ code: 1, faults: ['migrations'] })
    expect(of('migrations')).toMatchObject([{ found: 'the database has no tables yet', advice: 'npm run migrate' }])
  })

  test.concurrent('NATS without JetStream', async () => {
    const nats = await startOwnNats('')
    const { code, of, faults } = await report({ NATS_URL: nats.url })
    await nats.stop()
    expect({ code, faults }).toEqual({ code: 1, faults: ['JetStream'] })
    expect(of('JetStream')).toMatchObject([{ advice: expect.stringContaining('-js') }])
  })

  test.concurrent('streams that are missing, and a user without the rights of the services', async () => {
    const permissions = 'permissions { publish: ["$JS.API.>", "equity.tick.>"] }'
    const users = `authorization { users: [ { user: bot, password: b, ${permissions} } ] }`
    const nats = await startOwnNats(`jetstream { store_dir: {store} }\nno_auth_user: bot\n${users}`)
    const { code, of, faults } = await report({ NATS_URL: nats.url })
    await nats.stop()
    expect({ code, faults }).toEqual({ code: 1, faults: ['stream INPUTS', 'stream RISK', 'stream REJECTS'] })
    expect(of('stream RISK')).toMatchObject([{ found: 'does not exist', advice: 'npm run provision' }])
    const [{ status, found } = { status: '', found: '' }] = of('permissions on NATS')
    expect(status).toBe('warning')
    expect(found).toContain('command.operator.flags')
    expect(found).toContain('guardian.out.assessed.doctor')
    expect(found).not.toContain('equity.tick')
  })

  test('streams that are set otherwise: a fault where it matters, a warning where it is for the operator to choose', async () => {
    const { config } = await scene.manager.streams.info(streams.inputs)
    await scene.manager.streams.update(streams.inputs, { ...config, max_age: config.max_age / 2 })
    expect((await report()).of('stream INPUTS')).toMatchObject([
      { status: 'warning', found: expect.stringContaining('max_age') },
    ])
    await scene.manager.streams.update(streams.inputs, { ...config, subjects: ['equity.>'] })
    expect((await report()).of('stream INPUTS')).toMatchObject([{ status: 'fault', found: 'wrong: subjects' }])
    await scene.manager.streams.update(streams.inputs, config)
  })

  test('a risk log that takes the place of the one that the history is made of', async () => {
    await resetStreams(scene.connection)
    await scene.provision()
    const { code, of } = await report()
    expect(code).toBe(1)
    expect(of('history')).toMatchObject([{ status: 'fault', advice: expect.stringContaining('adopt-log') }])
  })
})

test('an unknown option is refused', async () => {
  expect(await run({}, ['--jason'])).toMatchObject({ code: 2, stdout: '' })
})
