import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { parseEventSubject, subjects } from '@drawbridge/contracts'
import { migrate } from '@drawbridge/migrations'
import { connectNats } from '@drawbridge/nats'
import { createLogger, provision } from '@drawbridge/service-kit'
import { loadConfig } from '@drawbridge/settings'
import {
  createDatabase,
  eventually,
  infrastructure,
  randomOfTest,
  resetStreams,
  type ServiceName,
  type ServiceProcess,
  spawnService,
  type TestDatabase,
} from '@drawbridge/testing'
import type { NatsConnection } from '@nats-io/transport-node'
import { expect } from 'vitest'
import { historyOf, query, snapshotFaults } from '../history.ts'

const SERVICES: readonly ServiceName[] = ['risk-guardian', 'trader', 'persister']
const log = createLogger('test', 'silent')
const random = randomOfTest('kills of the demo')

export interface Demo {
  /** Its only inputs come from its replays. */
  readonly configFile: string
  /** The reports of all its replays. */
  readonly bars: number
}

/**
 * Runs a demo once undisturbed and once with this many kills of guardian, trader and persister in turn, each while bars are
 * outstanding, and compares the histories.
 */
export async function expectKillsChangeNothing(demo: Demo, kills: number): Promise<void> {
  const undisturbed = await historyAfter(demo, 0)
  expect(undisturbed).toHaveLength(demo.bars)
  expect(await historyAfter(demo, kills)).toEqual(undisturbed)
}

/** The history of a whole demo on new streams and a new database, with this many kills meanwhile. */
async function historyAfter({ configFile, bars }: Demo, kills: number): Promise<string[]> {
  const env = { NATS_URL: infrastructure().natsUrl, CONFIG_FILE: configFile, LOG_LEVEL: 'warn' }
  const config = loadConfig(env, readFileSync(configFile, 'utf8'))
  if (!config.ok) throw new Error(config.reason)
  const database = await createDatabase()
  const connection = await connectNats(env.NATS_URL, 'kill test', log)
  try {
    await resetStreams(connection)
    await provision(connection, config.value)
    await migrate(database.url, log)
    const decided = new Decided(connection)
    const spawn = (name: ServiceName) => spawnService(name, { ...env, DATABASE_URL: database.url })
    const running = new Map(SERVICES.map((name) => [name, spawn(name)]))
    await killInTurn(running, spawn, decided, { bars, kills })
    await eventually(async () => (await countRows(database)) >= bars, {
      timeoutMs: 180_000,
      what: 'the end of the demo',
    })
    for (const service of running.values()) await service.stop()
    expect(await snapshotFaults(database.url)).toEqual([])
    return await historyOf(database.url)
  } finally {
    await connection.close()
    await database.drop()
  }
}

async function killInTurn(
  running: Map<ServiceName, ServiceProcess>,
  spawn: (name: ServiceName) => ServiceProcess,
  decided: Decided,
  { bars, kills }: { readonly bars: number; readonly kills: number },
): Promise<void> {
  for (let killed = 0; killed < kills; killed++) {
    // A moment is a number of events that are decided, so that kills fall into the run however fast the machine is.
    await decided.reach(Math.floor(((killed + random.next()) * bars) / (kills + 1)))
    await delay(random.between(0, 29))
    const name = SERVICES[killed % SERVICES.length] ?? 'trader'
    running.get(name)?.kill('SIGKILL')
    await running.get(name)?.exited
    expect(decided.count).toBeLessThan(bars)
    running.set(name, spawn(name))
  }
}

/** Counts the events of traders as they are stored, so that a moment is known when it is there. */
class Decided {
  #count = 0
  #heard: () => void = () => undefined

  constructor(connection: NatsConnection) {
    connection.subscribe(subjects.storedAll, {
      callback: (_error, { subject }) => {
        if (parseEventSubject(subject).kind !== 'trader') return
        this.#count += 1
        this.#heard()
      },
    })
  }

  get count(): number {
    return this.#count
  }

  reach(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = () => {
        if (this.#count >= count) resolve()
      }
      this.#heard()
    })
  }
}

async function countRows(database: TestDatabase): Promise<number> {
  const [counted] = await query<{ rows: string }>(database.url, 'SELECT count(*) AS rows FROM risk_state_history')
  return Number(counted?.rows ?? 0)
}
