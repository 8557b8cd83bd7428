import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { DEFAULT_LIMITS, inboxPrefixes } from '@drawbridge/contracts'
import { freePort, stopLeftovers } from '@drawbridge/dev-stack'
import { ADOPT, knownLogOf } from '@drawbridge/history'
import { migrate } from '@drawbridge/migrations'
import { connectNats } from '@drawbridge/nats'
import {
  createLogger,
  createPool,
  differenceInWords,
  Lifecycle,
  type Logger,
  provision,
  useOf,
} from '@drawbridge/service-kit'
import { type Config, configOrExit, loadEnvFileOrExit, namesDatabase } from '@drawbridge/settings'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { askTraderOf, consoleUrl, traderUrl } from './start/ask-trader.ts'
import { type StartOptions, startOptionsOrExit } from './start/options.ts'
import { watchReplays } from './start/replays.ts'
import { countHistory, reportOf, type TraderReport, tableOf } from './start/report.ts'
import { startServers } from './start/servers.ts'
import { SERVICES, SupervisedService } from './start/services.ts'

const DATA = resolve('data')
const DEMO = fileURLToPath(new URL('./start/demo.json', import.meta.url))
const PARENT_LOOK_MS = 500

const options = startOptionsOrExit()
loadEnvFileOrExit()
process.env.CONFIG_FILE = resolve(process.env.CONFIG_FILE ?? (existsSync('config.json') ? 'config.json' : DEMO))
const log = createLogger('start', 'warn', 'stderr')
const lifecycle = new Lifecycle(log)
lifecycle.superviseProcess()
stopWithParent()

try {
  await run(options, lifecycle, log)
} catch (error) {
  if (!lifecycle.stopping.aborted) {
    console.error(error instanceof Error ? error.message : error)
    await lifecycle.stop()
    process.exit(1)
  }
}

async function run({ once, json, fresh }: StartOptions, lifecycle: Lifecycle, log: Logger): Promise<void> {
  const startedAt = performance.now()
  const say = (line: string) => (json ? console.error(line) : console.log(line))
  const own = await prepareData(fresh)
  const servers = await startServers(process.env, own, say)
  for (const server of servers.own) {
    lifecycle.onStop(server.name, server.stop)
    void server.ended.then((how) => (lifecycle.stopping.aborted ? undefined : giveUp(how)))
  }
  lifecycle.stopping.throwIfAborted()
  process.env.NATS_URL = servers.natsUrl
  if (servers.databaseUrl !== null) process.env.DATABASE_URL = servers.databaseUrl
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
  for (const difference of differences) console.error(differenceInWords(difference))
  if (use !== 'bound') await untilAdopted(manager, config.natsUrl, lifecycle.stopping)
  const pool = createPool(config.databaseUrl, 'drawbridge start', 2, log)
  lifecycle.onStop('database pool', () => pool.end())
  for (const name of SERVICES) {
    const service = new SupervisedService(name, process.env, join(DATA, 'logs'), (reason) => void giveUp(reason))
    service.start()
    lifecycle.onStop(name, () => service.stop())
  }
  say(
    `Console ${consoleUrl(config)}, trader ${traderUrl(config)}, NATS ${config.natsUrl}, logs in ${join(DATA, 'logs')}`,
  )

  const replays = replaysOf(config)
  const progress = await watchReplays(askTraderOf(config), [...replays.keys()], lifecycle.stopping)
  const reports = new Map<string, TraderReport>()
  for (const [index, [id, timeZone]] of [...replays].entries()) {
    const ticks = progress[index]?.bars ?? 0
    while ((await countHistory(pool, id)) < ticks) {
      lifecycle.stopping.throwIfAborted()
      await delay(50)
    }
    reports.set(id, await reportOf(id, ticks, timeZone, manager, pool))
  }
  const seconds = (performance.now() - startedAt) / 1000
  if (json) console.log(jsonOf(reports, seconds))
  else if (reports.size > 0) console.log(tableOf(reports, seconds))
  if (!once) return say(serving(config))
  await lifecycle.stop()
  process.exit(0)
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

/** The folder of private servers, without leftovers of a killed run; emptied if requested. */
async function prepareData(fresh: boolean): Promise<string> {
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
  return DATA
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
  const trader = `${traderUrl(config)}/api/traders/${bot}`
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
