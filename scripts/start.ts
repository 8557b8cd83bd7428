import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DEFAULT_LIMITS, inboxPrefixes } from '@drawbridge/contracts'
import {
  freePort,
  type PrivateServer,
  startPrivateNats,
  startPrivatePostgres,
  stopLeftovers,
} from '@drawbridge/dev-stack'
import { ADOPT, knownLogOf } from '@drawbridge/history'
import { migrate } from '@drawbridge/migrations'
import { connectNats } from '@drawbridge/nats'
import { createLogger, createPool, differenceInWords, Lifecycle, provision, useOf } from '@drawbridge/service-kit'
import { type Config, configOrExit, limitWarningsOf, loadEnvFileOrExit, namesDatabase } from '@drawbridge/settings'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { urlOf } from './start/replays.ts'
import { reportReplays, type TraderReport, tableOf } from './start/report.ts'
import { SERVICES, SupervisedService } from './start/services.ts'

const DATA = resolve('data')
const DEMO = fileURLToPath(new URL('./start/demo.json', import.meta.url))
const PARENT_LOOK_MS = 500

const HELP = `Runs Drawbridge on this machine: NATS, PostgreSQL, the four services, and a demo on real market data.

  npm start [-- options]

  --once    end when the replays are done, with exit code 0
  --json    print the result as one JSON object, the last line of standard output; progress goes to standard error
  --fresh   delete the data of earlier runs in ./data first
  --help    this text

Environment, also from .env:
  NATS_URL       use this NATS server (2.12 or newer, with JetStream) instead of a private one
  DATABASE_URL   use this PostgreSQL or TimescaleDB database instead of a private one
  DATABASE_URL_FILE, DB_HOST, DB_USER, ...   other ways to name it (docs/configuration.md)
  CONFIG_FILE    run these traders instead of the demo; default ./config.json, if it exists (see config.json.example)
  DRAWBRIDGE_TOKEN   a token of the role read, if API_TOKENS or API_TOKENS_FILE is set
  CONSOLE_PORT, TRADER_PORT, RISK_GUARDIAN_PORT, PERSISTER_PORT   default 8080 to 8083, or free ones if those are taken

Private servers keep their data in ./data. Ctrl-C stops everything; the next start continues from there.
Exit codes: 0 done; 1 failed; 2 the command line or the settings are not valid.
`

const { once, json, fresh } = optionsOrExit()
loadEnvFileOrExit()
process.env.CONFIG_FILE = resolve(process.env.CONFIG_FILE ?? (existsSync('config.json') ? 'config.json' : DEMO))
const log = createLogger('start', 'warn', 'stderr')
const lifecycle = new Lifecycle(log)
lifecycle.superviseProcess()
stopWithParent()

try {
  await run()
} catch (error) {
  if (!lifecycle.stopping.aborted) {
    console.error(error instanceof Error ? error.message : error)
    await lifecycle.stop()
    process.exit(1)
  }
}

async function run(): Promise<void> {
  const startedAt = performance.now()
  await prepareData()
  await startServers()
  lifecycle.stopping.throwIfAborted()
  process.env.CONSOLE_PORT ??= String(await freePort(8080))
  process.env.TRADER_PORT ??= String(await freePort(8081))
  process.env.RISK_GUARDIAN_PORT ??= String(await freePort(8082))
  process.env.PERSISTER_PORT ??= String(await freePort(8083))
  const config = configOrExit()

  await migrate(config.databaseUrl, log)
  const connection = await connectNats(config.nats, 'drawbridge start', log, true, inboxPrefixes.admin)
  lifecycle.onStop('NATS connection', () => connection.close())
  const manager = await jetstreamManager(connection, { timeout: 10_000 })
  const { differences, use } = await provision(connection, config, 1, knownLogOf(config, log, console.error))
  for (const warning of limitWarningsOf(config)) console.error(warning)
  for (const difference of differences) console.error(differenceInWords(difference))
  if (use !== 'bound') await untilAdopted(manager, config.natsUrl, lifecycle.stopping)
  const pool = createPool(config.databaseUrl, 'drawbridge start', 2, log)
  lifecycle.onStop('database pool', () => pool.end())
  const logs = join(DATA, 'logs')
  for (const name of SERVICES) {
    const service = new SupervisedService(name, process.env, logs, (reason) => void giveUp(reason))
    service.start()
    lifecycle.onStop(name, () => service.stop())
  }
  const [consoleUrl, traderUrl] = [urlOf(config, config.console), urlOf(config, config.trader)]
  say(`Console ${consoleUrl}, trader ${traderUrl}, NATS ${config.natsUrl}, logs in ${logs}`)

  const reports = await reportReplays(replaysOf(config), config, manager, pool, 0, lifecycle.stopping)
  const seconds = (performance.now() - startedAt) / 1000
  if (json) console.log(jsonOf(reports, seconds))
  else if (reports.size > 0) console.log(tableOf(reports, seconds))
  if (!once) return say(serving(config))
  await lifecycle.stop()
  process.exit(0)
}

/** Ends the process if the command line is not valid. */
function optionsOrExit(): { readonly once: boolean; readonly json: boolean; readonly fresh: boolean } {
  try {
    const flag = { type: 'boolean', default: false } as const
    const { values } = parseArgs({ options: { once: flag, json: flag, fresh: flag, help: { ...flag, short: 'h' } } })
    if (!values.help) return values
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
    process.exit(2)
  }
  console.log(HELP)
  process.exit(0)
}

function say(line: string): void {
  if (json) console.error(line)
  else console.log(line)
}

/** Makes the folder of private servers, without leftovers of a killed run; emptied if requested. */
async function prepareData(): Promise<void> {
  await stopLeftovers(DATA)
  if (fresh) {
    if (process.env.NATS_URL || namesDatabase(process.env)) {
      throw new Error(
        '--fresh only deletes the data of private servers in ./data; delete streams and tables of your own servers yourself',
      )
    }
    await rm(DATA, { recursive: true, force: true })
  }
  await mkdir(join(DATA, 'logs'), { recursive: true })
}

/** Starts a private server for each that the environment does not name, and names it there. */
async function startServers(): Promise<void> {
  const supervise = (name: string, { stop, ended }: PrivateServer) => {
    lifecycle.onStop(name, stop)
    void ended.then((how) => (lifecycle.stopping.aborted ? undefined : giveUp(how)))
  }
  if (!process.env.NATS_URL) {
    const nats = await startPrivateNats({ dataDir: DATA, port: await freePort(4222), log: say })
    supervise('NATS', nats)
    process.env.NATS_URL = nats.url
  }
  if (!namesDatabase(process.env)) {
    const postgres = await startPrivatePostgres({ dataDir: DATA, port: await freePort(5432), log: say })
    supervise('PostgreSQL', postgres)
    process.env.DATABASE_URL = postgres.url
  }
}

/** Waits until an operator has adopted a log that replaces a lost one. */
async function untilAdopted(manager: JetStreamManager, natsUrl: string, stopping: AbortSignal): Promise<void> {
  console.error(
    `${ADOPT}\nwith NATS_URL=${natsUrl}, and DATABASE_URL as in docs/database.md. Waiting for the adoption.`,
  )
  while ((await useOf(manager)) !== 'bound') {
    stopping.throwIfAborted()
    await delay(500)
  }
}

/** The replays of a configuration with the time zone of their trading days. */
function replaysOf(config: Config): Map<string, string> {
  const replays = Object.entries(config.traders).filter(([, trader]) => trader.source.kind === 'replay')
  const defaultZone = config.limits.resetTimeZone ?? DEFAULT_LIMITS.resetTimeZone
  return new Map(replays.map(([id, trader]) => [id, trader.limits.resetTimeZone ?? defaultZone]))
}

function jsonOf(reports: ReadonlyMap<string, TraderReport>, seconds: number): string {
  const traders = Object.fromEntries(
    [...reports].map(([id, { breaches, ...counts }]) => [
      id,
      { ...counts, breaches: breaches.map(({ date, rules, until }) => ({ date, rules, until })) },
    ]),
  )
  return JSON.stringify({ traders, seconds: Math.round(seconds * 10) / 10 })
}

function serving(config: Config): string {
  const bot = Object.entries(config.traders).find(([, trader]) => trader.source.kind === 'http')?.[0]
  if (bot === undefined) return '\nServing until Ctrl-C.'
  const trader = `${urlOf(config, config.trader)}/api/traders/${bot}`
  return `
Serving until Ctrl-C. Act as a bot:
  curl -X POST ${trader}/equity -d '{"equity": 1000}'
  curl -X POST ${trader}/equity -d '{"equity": 850}'
  curl ${trader}/can-trade`
}

/** A server or a service does not stay up: print its last log lines. */
async function giveUp(reason: string): Promise<void> {
  console.error(reason)
  await lifecycle.stop()
  process.exit(1)
}

/** npm does not forward every signal; if npm is gone, so is the user. */
function stopWithParent(): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const look = setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
  }, PARENT_LOOK_MS)
  look.unref()
}
