import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { inboxPrefixes } from '@drawbridge/contracts'
import { freePort, startPrivateNats, startPrivatePostgres } from '@drawbridge/dev-stack'
import { ADOPT, knownLogOf } from '@drawbridge/history'
import { migrate } from '@drawbridge/migrations'
import { connectNats } from '@drawbridge/nats'
import { createLogger, createPool, Lifecycle, logLines, provision, useOf } from '@drawbridge/service-kit'
import {
  type Config,
  configOrExit,
  connectorWarningsOf,
  limitWarningsOf,
  loadEnvFileOrExit,
  VARIABLES,
} from '@drawbridge/settings'
import { SettingsError } from '@drawbridge/settings/place'
import { tellRunning, untellRunning } from '@drawbridge/settings/running-system'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import { beginning, type DataFolder, dataFolder, prepareData } from './data-folder.ts'
import { followLogs } from './follow-logs.ts'
import { awaitNats, checkDatabase, type GivenServers, givenServers } from './given-servers.ts'
import { applyLimits, differencesInWords } from './limits.ts'
import { optionsOrExit } from './options.ts'
import { buildPage } from './page.ts'
import { settlePorts } from './ports.ts'
import { SupervisedServer } from './private-servers.ts'
import { untilReady } from './readiness.ts'
import { replaysOf } from './replays.ts'
import { countHistory, reportReplays } from './report.ts'
import { jsonOf, summaryOf, tableOf } from './report-in-words.ts'
import { SupervisedService, servicesOf } from './services.ts'
import { serving } from './serving.ts'
import { keepKeys } from './session-key.ts'
import { stopWithParent } from './stop-with-parent.ts'

const DEMO = fileURLToPath(new URL('./demo.json', import.meta.url))

const options = optionsOrExit()
loadEnvFileOrExit()
if (options.dryRun) process.env.CONNECTOR_DRY_RUN = 'true'
const isDemo = !process.env.CONFIG_FILE && !existsSync('config.json')
process.env.CONFIG_FILE = resolve(process.env.CONFIG_FILE || (isDemo ? DEMO : 'config.json'))
/** Longer than all services and two servers take that must be killed, one after the other: none is left behind. */
const STOPPED_WITHIN_MS = 90_000
const place = { env: process.env, cwd: '.' }
const log = createLogger('start', 'warn', 'stderr')
const lifecycle = new Lifecycle(log)
lifecycle.superviseProcess(STOPPED_WITHIN_MS)
stopWithParent()

try {
  await run()
} catch (error) {
  if (!lifecycle.stopping.aborted) await giveUp(error instanceof Error ? error.message : String(error))
}

async function run(): Promise<void> {
  const startedAt = performance.now()
  const data = dataFolder(isDemo)
  const given = await prepare(data)
  keepKeys(data.path, process.env)
  process.env.CONNECTOR_NOTES_FOLDER ||= join(data.path, 'connector')
  const page = buildPage(lifecycle.stopping)
  await startServers(data, given)
  const config = configOrExit()
  lifecycle.stopping.throwIfAborted()
  tellCommands(data)

  await migrate(config.databaseUrl, log)
  const connection = await connectNats(config.nats, 'drawbridge start', log, true, inboxPrefixes.admin)
  lifecycle.onStop('NATS connection', () => connection.close())
  const manager = await jetstreamManager(connection, { timeout: 10_000 })
  const { differences, use } = await provision(connection, config, 1, knownLogOf(config, log, console.error))
  for (const warning of [...limitWarningsOf(config), ...connectorWarningsOf(config)]) console.error(warning)
  if (!options.applyLimits) for (const line of differencesInWords(differences)) console.error(line)
  if (use !== 'bound') await untilAdopted(manager, lifecycle.stopping)
  const pool = createPool(config.databaseUrl, 'drawbridge start', 2, log)
  lifecycle.onStop('database pool', () => pool.end())
  const replays = replaysOf(config)
  const before = await Promise.all([...replays.keys()].map((id) => countHistory(pool, id)))

  const pageFault = await page
  if (pageFault !== null) console.error(pageFault)
  startServices(config, data)
  await untilReady(config, lifecycle.stopping, console.error)
  if (options.applyLimits) for (const line of await applyLimits(connection, config)) say(line)
  const reports = await reportReplays(replays, config, manager, pool, 0, lifecycle.stopping)
  const isShown = [...reports.values()].every(({ historyRows }, index) => historyRows === before[index])
  const seconds = (performance.now() - startedAt) / 1000
  if (options.json) console.log(jsonOf(reports, seconds))
  else if (reports.size > 0) say(isShown && !options.breaches ? summaryOf(reports) : `${tableOf(reports, seconds)}\n`)
  if (!options.once) {
    await untilReady(config, lifecycle.stopping, console.error)
    return serve(config, data)
  }
  await lifecycle.stop()
  process.exit(0)
}

/** From now on, people see what services warn of; earlier it was the result of the replays. */
function serve(config: Config, { path }: DataFolder): void {
  say(serving(config))
  const lines = logLines(process.stderr)
  const stop = followLogs(
    servicesOf(config).map((name) => join(path, 'logs', `${name}.log`)),
    (line) => lines.write(`${line}\n`),
  )
  lifecycle.onStop('logs', stop)
}

function say(line: string): void {
  if (options.json) console.error(line)
  else console.log(line)
}

/** Everything that can be found wrong is said before anything is started. */
async function prepare(data: DataFolder): Promise<GivenServers> {
  const config = configOrExit()
  await checkConnectors(config)
  const given = givenServers(place)
  if (options.fresh && (given.nats ?? given.database) !== null) {
    throw new Error(
      `--fresh deletes only the data of private servers in ${data.name}; delete streams and tables of your own servers yourself`,
    )
  }
  await prepareData(data, options.fresh)
  say(beginning(data, given))
  const faults = await settlePorts(config, place)
  if (faults.length > 0) throw new Error(faults.join('\n'))
  if (given.database !== null) await checkDatabase(config, given.database, log)
  if (given.nats !== null) await awaitNats(config, given.nats, !options.once, log, console.error)
  return given
}

/** What an adapter says of its own settings is said here, and not in the log of a service that cannot start. */
async function checkConnectors(config: Config): Promise<void> {
  if (Object.keys(config.connectors).length === 0) {
    if (options.dryRun)
      throw new Error('--dry-run is for connectors, and config.json has none: docs/connect shows how to add one')
    return
  }
  const { readConnectorSetups } = await import('@drawbridge/connector')
  const setups = readConnectorSetups(config)
  if (!setups.ok) throw new SettingsError(setups.reason)
  for (const { name, warnings } of setups.value) {
    for (const { found, advice } of warnings) console.error(`connectors.${name}: ${found}; ${advice}`)
  }
}

/** Starts a private server for each that the settings do not name, and names it in the environment. */
async function startServers({ path }: DataFolder, given: GivenServers): Promise<void> {
  const onGivenUp = (reason: string) => void giveUp(reason)
  const supervise = (name: string, server: SupervisedServer) => {
    lifecycle.onStop(name, () => server.stop())
    return server.start()
  }
  if (given.nats === null) {
    const at = { dataDir: path, port: await freePort(4222), log: say }
    process.env.NATS_URL = await supervise('NATS', new SupervisedServer('NATS', () => startPrivateNats(at), onGivenUp))
  }
  if (given.database === null) {
    const at = { dataDir: path, port: await freePort(5432), log: say }
    const server = new SupervisedServer('PostgreSQL', () => startPrivatePostgres(at), onGivenUp)
    process.env.DATABASE_URL = await supervise('PostgreSQL', server)
  }
}

function startServices(config: Config, { path }: DataFolder): void {
  for (const name of servicesOf(config)) {
    const service = new SupervisedService(name, process.env, join(path, 'logs'), (reason) => void giveUp(reason))
    service.start()
    lifecycle.onStop(name, () => service.stop())
  }
}

/** Commands in the same folder find the system by that. */
function tellCommands({ path }: DataFolder): void {
  tellRunning(path, process.env, VARIABLES)
  lifecycle.onStop('what commands are told', () => untellRunning(path))
}

/** Waits until an operator has adopted a log that replaces a lost one. */
async function untilAdopted(manager: JetStreamManager, stopping: AbortSignal): Promise<void> {
  console.error(`${ADOPT}\nWaiting for the adoption.`)
  while ((await useOf(manager)) !== 'bound') {
    stopping.throwIfAborted()
    await delay(500)
  }
}

/** What is wrong and cannot be mended from here. */
async function giveUp(reason: string): Promise<void> {
  console.error(reason)
  await lifecycle.stop()
  process.exit(1)
}
