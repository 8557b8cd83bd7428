import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort } from '@drawbridge/dev-stack'
import { NatsServer } from '@drawbridge/testing/nats-server'
import {
  createDatabaseOn,
  type DatabaseServer,
  eventually,
  mountSmallDisk,
  type SmallDisk,
  spawnProgram,
  startEmbeddedDatabaseServer,
  unmountSmallDisk,
} from '@drawbridge/testing/processes'
import pg from 'pg'
import { makeRoom } from './disk.ts'
import { keepInSmallBlocks } from './store-damage.ts'
import { Supervised } from './supervised.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const RECOVERS_WITHIN_MS = 120_000
const FIRST_MEBIBYTES = 64

export interface SystemSettings {
  readonly traders: readonly string[]
  readonly leaseSeconds: number
}

/** Stops something that was started. */
type Release = () => Promise<void>

interface Parts {
  readonly nats: NatsServer
  readonly natsStore: string
  readonly natsDisk: SmallDisk
  readonly databaseServer: DatabaseServer
  readonly env: Readonly<Record<string, string>>
  readonly traderPort: number
  readonly consolePort: number
}

/** All of Drawbridge as processes, on its own servers. */
export class ChaosSystem {
  readonly nats: NatsServer
  /** The folder of NATS's streams, and whether it is a separate disk. */
  readonly natsStore: string
  readonly natsDisk: SmallDisk
  readonly databaseServer: DatabaseServer
  readonly env: Readonly<Record<string, string>>
  readonly traderUrl: string
  readonly consoleUrl: string
  readonly guardians: readonly Supervised[]
  readonly persisters: readonly Supervised[]
  readonly trader: Supervised
  readonly console: Supervised

  readonly #release: readonly Release[]

  private constructor(parts: Parts, release: Release[]) {
    const { nats, natsStore, natsDisk, databaseServer, env, traderPort, consolePort } = parts
    this.nats = nats
    this.natsStore = natsStore
    this.natsDisk = natsDisk
    this.databaseServer = databaseServer
    this.env = env
    this.traderUrl = `http://127.0.0.1:${traderPort}`
    this.consoleUrl = `http://127.0.0.1:${consolePort}`
    this.guardians = ['guardian 1', 'guardian 2'].map((name) => new Supervised(name, 'risk-guardian', env))
    this.persisters = ['persister 1', 'persister 2'].map((name) => new Supervised(name, 'persister', env))
    this.trader = new Supervised('trader', 'trader', { ...env, TRADER_PORT: String(traderPort) })
    this.console = new Supervised('console', 'console', { ...env, CONSOLE_PORT: String(consolePort) })
    this.#release = release
    release.push(async () => void (await Promise.all(this.services.map((service) => service.stop()))))
  }

  /** Resolves when everything is ready. If something does not start, the rest is stopped. */
  static async start(settings: SystemSettings): Promise<ChaosSystem> {
    const release: Release[] = []
    try {
      const system = new ChaosSystem(await startServers(settings, release), release)
      await system.untilReady()
      return system
    } catch (error) {
      await releaseAll(release)
      throw error
    }
  }

  get services(): readonly Supervised[] {
    return [...this.guardians, ...this.persisters, this.trader, this.console]
  }

  get databaseUrl(): string {
    return this.env.DATABASE_URL ?? ''
  }

  /** Waits until every service is ready. @returns what it last waited for; null: nothing */
  async untilReady(): Promise<string | null> {
    let last: string | null = null
    const look = async () => {
      const reasons = (await Promise.all(this.services.map((one) => one.unreadyBecause()))).filter(
        (reason) => reason !== null,
      )
      if (reasons.length === 0) return true
      last = reasons.join('; ')
      throw new Error(last)
    }
    await eventually(look, { timeoutMs: RECOVERS_WITHIN_MS, what: 'every service to be ready' })
    return last
  }

  /** Creates missing streams. @throws if it fails */
  provision(): Promise<string> {
    return runProgram('scripts/provision.ts', [], this.env)
  }

  /** Runs a command of `npm run drawbridge` as a program. @throws if it fails */
  drawbridge(...words: readonly string[]): Promise<string> {
    return runProgram('scripts/cli/main.ts', words, this.env)
  }

  /** Stops everything; nothing is left on the disk. */
  stop(): Promise<void> {
    return releaseAll(this.#release)
  }
}

async function startServers(settings: SystemSettings, release: Release[]): Promise<Parts> {
  const folder = await mkdtemp(path.join(tmpdir(), 'drawbridge-chaos-'))
  release.push(() => rm(folder, { recursive: true, force: true }))
  const natsDisk = await mountSmallDisk(path.join(folder, 'nats'), { mebibytes: FIRST_MEBIBYTES })
  release.push(async () => unmountSmallDisk(natsDisk))
  makeRoom(natsDisk)
  const natsStore = path.join(folder, 'nats', 'store')
  const nats = await NatsServer.start(natsStore)
  release.push(() => nats.close())
  const databaseServer = await startEmbeddedDatabaseServer()
  release.push(() => databaseServer.close())
  makeRoom(databaseServer.smallDisk)
  const env = {
    NATS_URL: nats.url,
    DATABASE_URL: await createTables(databaseServer),
    CONFIG_FILE: await writeConfig(folder, settings),
    LOG_LEVEL: 'info',
  }
  await runProgram('scripts/provision.ts', [], env)
  await runProgram('infra/migrations/src/main.ts', [], env)
  await keepInSmallBlocks(nats)
  return { nats, natsStore, natsDisk, databaseServer, env, traderPort: await freePort(), consolePort: await freePort() }
}

/** Releases in reverse order. */
async function releaseAll(release: readonly Release[]): Promise<void> {
  for (const one of release.toReversed()) await one()
}

async function createTables({ url, smallDisk }: DatabaseServer): Promise<string> {
  const database = await createDatabaseOn(url)
  if ('path' in smallDisk) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(`CREATE TABLESPACE small LOCATION '${smallDisk.path}'`)
    const name = new URL(database.url).pathname.slice(1)
    await client.query(`ALTER DATABASE ${name} SET default_tablespace = small`)
    await client.end()
  }
  return database.url
}

async function writeConfig(folder: string, { traders, leaseSeconds }: SystemSettings): Promise<string> {
  const file = path.join(folder, 'config.json')
  const limits = { max_daily_loss: 5, max_drawdown: 20, confirm_jump: null, stale_after_seconds: null }
  const config = { lease_seconds: leaseSeconds, limits, traders: Object.fromEntries(traders.map((id) => [id, {}])) }
  await writeFile(file, JSON.stringify(config))
  return file
}

async function runProgram(
  file: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { code, stdout, stderr } = await spawnProgram(path.join(ROOT, file), words, env)
  if (code !== 0) throw new Error(`${file} ${words.join(' ')} ended with ${code}: ${stderr} ${stdout}`)
  return stdout
}
