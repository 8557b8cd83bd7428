import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import {
  DEFAULT_LIMITS,
  headerNames,
  limitsToMessage,
  subjects,
  type TraderId,
  toJsonBytes,
} from '@drawbridge/contracts'
import { connectNats, isWrongLastSequence } from '@drawbridge/nats'
import { createLogger, createPool, Lifecycle } from '@drawbridge/service-kit'
import { type Config, configOrExit, type TraderConfig } from '@drawbridge/settings'
import { type JetStreamClient, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { headers } from '@nats-io/transport-node'
import { reportReplays } from './start/report.ts'
import { tableOf } from './start/report-in-words.ts'
import { SupervisedService } from './start/services.ts'

/**
 * The replays of scripts/start/demo.json on a running system: gives the paper accounts their limits, runs a trader service
 * for them, and prints the result. Ends with 0 when every decision is in the history.
 */
process.env.CONFIG_FILE = fileURLToPath(new URL('./start/demo.json', import.meta.url))
Object.assign(process.env, { TRADER_HOST: '127.0.0.1', TRADER_PORT: '8081' })
const config = configOrExit()
const log = createLogger('demo', 'warn', 'stderr')
const lifecycle = new Lifecycle(log)
lifecycle.superviseProcess()

try {
  await run(config, lifecycle)
} catch (error) {
  if (!lifecycle.stopping.aborted) console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
await lifecycle.stop()
process.exit()

async function run(config: Config, { stopping }: Lifecycle): Promise<void> {
  const startedAt = performance.now()
  const connection = await connectNats(config.nats, 'drawbridge demo', log, true)
  lifecycle.onStop('NATS connection', () => connection.close())
  const pool = createPool(config.databaseUrl, 'drawbridge demo', 2, log)
  lifecycle.onStop('database pool', () => pool.end())
  const replays = Object.entries(config.traders).filter(([, trader]) => trader.source.kind === 'replay')
  for (const [id, trader] of replays) await limit(jetstream(connection), config, id, trader)

  const { DEMO_TRADER_SEED_FILE: seedFile } = process.env
  const env = seedFile ? { ...process.env, NATS_NKEY_SEED_FILE: seedFile } : process.env
  const service = new SupervisedService('trader', env, tmpdir(), (reason) => lifecycle.fail(new Error(reason)))
  service.start()
  lifecycle.onStop('trader', () => service.stop())
  const manager = await jetstreamManager(connection)
  const zones = replays.map(([id, { limits }]) => [id, limits.resetTimeZone ?? DEFAULT_LIMITS.resetTimeZone] as const)
  // One event before the ticks: that of the limits.
  const reports = await reportReplays(new Map(zones), config, manager, pool, 1, stopping)
  console.log(tableOf(reports, (performance.now() - startedAt) / 1000))
}

/** Gives a trader its limits before its first tick; existing ones stay. */
async function limit(client: JetStreamClient, { nats }: Config, id: TraderId, { limits }: TraderConfig): Promise<void> {
  const expectNone = headers()
  expectNone.set(headerNames.expectedLastSubjectSequence, '0')
  try {
    const subject = nats.seedFile === null ? subjects.control('limits', id) : subjects.command('operator', 'limits', id)
    const command = { ...limitsToMessage(limits), onBehalfOf: 'demo' }
    await client.publish(subject, toJsonBytes(command), { headers: expectNone })
  } catch (error) {
    if (!isWrongLastSequence(error)) throw error
  }
}
