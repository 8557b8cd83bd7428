import { hostname } from 'node:os'
import { inboxPrefixes, streams } from '@drawbridge/contracts'
import { awaitStreams, ConnectionWatch, connectNats } from '@drawbridge/nats'
import {
  type Lifecycle,
  type Logger,
  MetricRegistry,
  openServiceTracing,
  Readiness,
  reportOriginalMetrics,
  serveHttp,
  watchLinks,
} from '@drawbridge/service-kit'
import { type Config, limitWarningsOf } from '@drawbridge/settings'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { Guardian } from './guardian.ts'

/**
 * Starts a guardian, which stops with `lifecycle`; it judges when this resolves.
 * @returns the TCP port that it serves HTTP on.
 * @throws if it cannot start; `lifecycle` also releases what it has acquired by then.
 */
export async function startGuardian(config: Config, log: Logger, lifecycle: Lifecycle): Promise<number> {
  for (const warning of limitWarningsOf(config)) log.warn({ warning }, 'a limit of the settings is probably not meant')
  const name = `${hostname()}-${process.pid}-${Date.now().toString(36)}`
  const tracing = await openServiceTracing(config.tracing, 'risk-guardian', lifecycle, log)
  const connect = (what: string) =>
    connectNats(config.nats, `drawbridge risk-guardian ${name}${what}`, log, true, inboxPrefixes.guardian)
  const connection = await connect('')
  lifecycle.onStop('NATS connection', () => connection.close())
  const answersConnection = await connect(' answers')
  lifecycle.onStop('NATS connection of answers', () => answersConnection.close())
  const nats = ConnectionWatch.of(connection)
  await awaitStreams(connection, [streams.inputs, streams.risk, streams.rejects], log, lifecycle.stopping)
  const managerOf = (one: NatsConnection) => jetstreamManager(one, { timeout: 2_000, checkAPI: false })
  const manager = await managerOf(connection)
  const answers = { connection: answersConnection, manager: await managerOf(answersConnection) }
  const registry = new MetricRegistry(config.metrics)
  registry.watchProcess()
  watchLinks(registry, connection, config)
  reportOriginalMetrics(connection, registry, name, lifecycle)
  const readiness = new Readiness()
  let judging = false
  readiness.add('NATS', () => nats.away)
  const asked = Promise.withResolvers<void>()
  const guardian = new Guardian({
    connection,
    manager,
    answers,
    name,
    leaseMs: config.leaseMs,
    lifecycle,
    registry,
    tracing,
    onAsked: asked.resolve,
    log,
  })
  readiness.add('risk log', () => {
    if (guardian.damage !== null) return guardian.damage
    if (!judging) return 'being read'
    return guardian.isLogFull ? 'full: nothing is decided until its limits are raised or its disk has room' : null
  })
  readiness.inform('inputs', () =>
    guardian.inputsLost === 0 ? null : `${guardian.inputsLost} inputs were missing in INPUTS and are never judged`,
  )
  const judge = async () => {
    await guardian.start()
    judging = true
  }
  // NATS looks up the newest events while the HTTP server is loaded, which takes as long.
  const serve = async () => {
    await asked.promise
    const { riskGuardian: address, http: settings } = config
    const served = { service: 'risk-guardian', address, settings, log, readiness, metrics: registry }
    const port = await serveHttp(served, 'RISK_GUARDIAN_PORT', lifecycle)
    log.info({ port }, 'listening')
    return port
  }
  const [port] = await Promise.all([serve(), judge()])
  return port
}
