import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { migrate } from '@drawbridge/migrations'
import { connectNats, createLogger, loadConfig, provision } from '@drawbridge/service-kit'
import {
  createDatabase,
  eventually,
  infrastructure,
  resetStreams,
  type ServiceName,
  type ServiceProcess,
  spawnService,
  type TestDatabase,
} from '@drawbridge/test-kit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { historyOf, query, snapshotFaults } from './history.ts'

const DEMO = fileURLToPath(new URL('../scripts/start/demo.json', import.meta.url))
const SERVICES: readonly ServiceName[] = ['risk-guardian', 'trader', 'persister']
const BARS = 5105
const KILLS = 24
const log = createLogger('test', 'silent')

const databases: TestDatabase[] = []
/** What a run without a kill leaves. */
let undisturbed: string[]

beforeAll(async () => {
  undisturbed = await historyAfter(async () => undefined)
}, 240_000)

afterAll(async () => {
  for (const database of databases) await database.drop()
})

test(`${KILLS} kills of guardian, trader and persister at random moments change nothing in the history`, async () => {
  let kills = 0
  const killed = await historyAfter(async (system, database) => {
    while (kills < KILLS) {
      // A moment is a number of events that are decided, so that kills fall into the run however fast the machine is.
      const at = Math.floor(((kills + Math.random()) * 2 * BARS) / (KILLS + 1))
      await eventually(async () => (await countRows(database)) >= at, { timeoutMs: 120_000, what: `${at} events` })
      await delay(randomInt(30))
      const name = SERVICES[kills % SERVICES.length] ?? 'trader'
      system.get(name)?.kill('SIGKILL')
      await system.get(name)?.exited
      system.set(name, system.spawn(name))
      kills += 1
    }
  })
  expect(undisturbed).toHaveLength(2 * BARS)
  expect(killed).toEqual(undisturbed)
  expect(kills).toBe(KILLS)
}, 600_000)

type System = Map<ServiceName, ServiceProcess> & { spawn: (name: ServiceName) => ServiceProcess }

/** The history of a whole demo on new streams and a new database, while `disturb` does what it does. */
async function historyAfter(disturb: (system: System, database: TestDatabase) => Promise<void>): Promise<string[]> {
  const database = await createDatabase()
  databases.push(database)
  const env = { NATS_URL: infrastructure().natsUrl, DATABASE_URL: database.url, CONFIG_FILE: DEMO, LOG_LEVEL: 'warn' }
  const config = loadConfig(env, readFileSync(DEMO, 'utf8'))
  if (!config.ok) throw new Error(config.reason)
  const connection = await connectNats(env.NATS_URL, 'kill test', log)
  await resetStreams(connection)
  await provision(connection, config.value)
  await connection.close()
  await migrate(database.url, log)
  const spawn = (name: ServiceName) => spawnService(name, env)
  const system: System = Object.assign(new Map(SERVICES.map((name) => [name, spawn(name)])), { spawn })
  await disturb(system, database)
  await eventually(async () => (await countRows(database)) >= 2 * BARS, {
    timeoutMs: 180_000,
    what: 'the end of the demo',
  })
  for (const service of system.values()) await service.stop()
  expect(await snapshotFaults(database.url)).toEqual([])
  return historyOf(database.url)
}

async function countRows(database: TestDatabase): Promise<number> {
  const [counted] = await query<{ rows: string }>(database.url, 'SELECT count(*) AS rows FROM risk_state_history')
  return Number(counted?.rows ?? 0)
}
