import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { notifierStreams, streams, type Telling, traderToken } from '@drawbridge/contracts'
import { awaitStreams, ConnectionWatch, connectNats } from '@drawbridge/nats'
import {
  acknowledgeLink,
  type Lifecycle,
  type Logger,
  MetricRegistry,
  Readiness,
  serveHttp,
  watchLinks,
} from '@drawbridge/service-kit'
import { type ChannelConfig, type Config, currencyOf, type NotifyConfig, notifyWarningsOf } from '@drawbridge/settings'
import type { NatsConnection } from '@nats-io/transport-node'
import { channelOf } from './channels/channels.ts'
import { Notifier } from './notifier.ts'
import { notifierMetrics, watchNotifier } from './notifier-metrics.ts'
import { beat } from './outbound/heartbeat.ts'
import { Lease } from './outbound/lease.ts'
import { Resumer } from './outbound/resumer.ts'

/** Times, milliseconds; as in production if not given. */
export interface NotifierLooks {
  readonly leaseMs?: number
  /** After which the server delivers a message again. */
  readonly ackWaitMs?: number
  /** The clock. */
  readonly now?: () => number
  /** Between two heartbeats. */
  readonly heartbeatMs?: number
}

/**
 * Starts a notifier, which stops with `lifecycle`.
 * @returns the TCP port that it serves HTTP on.
 * @throws if it cannot start; `lifecycle` also releases what it has acquired by then.
 */
export async function startNotifier(
  config: Config,
  log: Logger,
  lifecycle: Lifecycle,
  looks: NotifierLooks = {},
): Promise<number> {
  const { notify } = config
  if (notify.channels.length === 0) {
    throw new Error('config.json has no channel to tell anybody: add one to notify.channels, see docs/notify.md')
  }
  const connection = await connectNats(config.nats, 'drawbridge notifier', log)
  const nats = ConnectionWatch.of(connection)
  lifecycle.onStop('NATS connection', () => (nats.away === null ? connection.drain() : connection.close()))
  const names = [streams.risk, streams.rejects, ...Object.values(notifierStreams)]
  const manager = await awaitStreams(connection, names, log, lifecycle.stopping)
  const resumer = await resumerFor(config, connection, log, lifecycle)
  const registry = new MetricRegistry(config.metrics)
  registry.watchProcess()
  watchLinks(registry, connection, config)
  const metrics = notifierMetrics(registry)
  const owner = `${hostname()}-${process.pid}-${randomUUID()}`
  const { routes, quietHours, zone, repeatMinutes, consoleUrl } = notify
  const notifier = new Notifier({
    connection,
    manager,
    lease: new Lease({ connection, manager, owner, log, leaseMs: looks.leaseMs }),
    channels: notify.channels.map(channelOf),
    rules: { routes, quietHours, zone, repeatMinutes },
    readerOf: ({ config: of }) => ({
      language: of.language,
      zone,
      consoleUrl,
      resumesHere: of.kind === 'telegram' && of.mayResume.length > 0,
    }),
    linkOf: (channel) => (telling, at) => linkOf(notify, channel.config, telling, at),
    tagsOf: (trader) => config.traders[trader]?.about.tags ?? [],
    settingsOf: (trader) => ({
      tellsSilence: tellsSilence(config, trader),
      currency: currencyOf(config.traders[trader]?.limits ?? {}, config.limits),
    }),
    connectors: Object.entries(config.connectors).map(([name, { trader, acts, dryRun }]) => ({
      name,
      trader,
      blocks: acts && !dryRun && !config.connector.dryRun,
    })),
    resumer,
    metrics,
    log,
    now: looks.now ?? Date.now,
    ackWaitMs: looks.ackWaitMs,
  })
  watchNotifier(registry, () => notifier)
  const readiness = new Readiness()
  readiness.add('NATS', () => nats.away)
  readiness.add('work', () => notifier.failing)
  const served = { service: 'notifier', address: notify, settings: config.http, log, readiness, metrics: registry }
  const port = await serveHttp(served, 'NOTIFIER_PORT', lifecycle)
  for (const reason of notifyWarningsOf(config)) log.warn({ reason }, 'the routes lead to no channel')
  log.info({ port, channels: notify.channels.map(({ name }) => name) }, 'listening')
  const running = notifier.run(lifecycle.stopping).catch((error: Error) => lifecycle.fail(error))
  lifecycle.onStop('notifier', () => running)
  const { heartbeatFile: file } = notify
  if (file !== null) {
    const wait = () => nats.away ?? notifier.wait ?? notifier.failing
    void beat({ file, wait, metrics, log, everyMs: looks.heartbeatMs }, lifecycle.stopping)
  }
  return port
}

const LINK_LASTS_MS = 24 * 3_600_000

/** The link by which a reader of a channel acknowledges. Null: there is a button, or no address or key is configured. */
function linkOf(
  { consoleUrl, linkKey }: NotifyConfig,
  { name: channel, kind }: ChannelConfig,
  { notice, alert }: Telling,
  now: number,
): string | null {
  if (consoleUrl === null || linkKey === null || alert === null || kind === 'telegram') return null
  const { version } = notice
  return acknowledgeLink(consoleUrl, linkKey, {
    trader: traderToken(notice),
    alert,
    version,
    channel,
    until: now + LINK_LASTS_MS,
  })
}

/** Null: nobody may resume in a chat. @throws if NATS has users, and nobody made the one for it */
async function resumerFor(
  { nats, notify }: Config,
  connection: NatsConnection,
  log: Logger,
  lifecycle: Lifecycle,
): Promise<Resumer | null> {
  if (!notify.channels.some((channel) => channel.kind === 'telegram' && channel.mayResume.length > 0)) return null
  const { resumeSeedFile: seedFile } = notify
  if (seedFile === null && nats.seedFile !== null) {
    throw new Error(
      'may_resume needs a user of NATS of its own: run npm run nats-users -- --telegram, and name its seed in notify.resume_seed_file',
    )
  }
  if (seedFile === null) return new Resumer(connection)
  const own = await connectNats({ ...nats, seedFile }, 'drawbridge notifier, resumes', log)
  lifecycle.onStop('NATS connection of resumes', () => own.close())
  return new Resumer(own)
}

/** Silence is judged by default, and told only where somebody says when it begins. */
function tellsSilence({ limits, traders }: Config, trader: string): boolean {
  const own = traders[trader]?.limits.staleAfterSeconds
  return (own === undefined ? limits.staleAfterSeconds : own) !== undefined
}
