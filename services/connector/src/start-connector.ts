import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { Gate } from '@drawbridge/client'
import type { TraderId } from '@drawbridge/contracts'
import {
  type HttpServer,
  type Lifecycle,
  type Logger,
  MetricRegistry,
  Readiness,
  serveHttp,
} from '@drawbridge/service-kit'
import { type Config, connectorWarningsOf, limitsOf } from '@drawbridge/settings'
import { SettingsError } from '@drawbridge/settings/place'
import { Connector } from './connector.ts'
import { watchConnectors } from './connector-metrics.ts'
import { type ConnectorSetup, readConnectorSetups } from './connector-setups.ts'
import { OtherProcesses } from './core/other-process.ts'
import { reportAtLeastEveryMs } from './core/report-due.ts'
import { type Stopping, unstoppedInWords } from './core/unstopped.ts'
import { addConnectorRoutes } from './inbound/routes.ts'
import { LateLink } from './late-link.ts'

const NO_CONNECTORS =
  'no connectors are configured: add one to "connectors" in config.json, as docs/connect shows, or do not start this service'

/**
 * Starts the connectors, which stop with `lifecycle`; one that fails does not stop the others. It does not wait for NATS:
 * until decisions can be heard, none is known, and entries are blocked.
 * @returns the TCP port that it serves HTTP on.
 * @throws if the settings of a connector are not valid, or there is none; `lifecycle` also releases what was acquired by then
 */
export async function startConnector(config: Config, log: Logger, lifecycle: Lifecycle): Promise<number> {
  const setups = readConnectorSetups(config)
  if (!setups.ok) throw new SettingsError(setups.reason)
  if (setups.value.length === 0) throw new Error(NO_CONNECTORS)
  // Where it cannot be made, a connector that needs it tells so when it blocks.
  await mkdir(config.connector.notesFolder, { recursive: true }).catch(() => undefined)
  for (const warning of connectorWarningsOf(config)) log.warn({ warning }, 'the trader of a connector is not known')
  for (const { name, warnings } of setups.value) {
    for (const { found, advice } of warnings)
      log.warn({ connector: name, found, advice }, 'a connector does not do all that is asked')
  }
  const registry = new MetricRegistry(config.metrics)
  registry.watchProcess()
  const gates = gatesOf(setups.value, config)
  const nats = new LateLink(config, gates, log, lifecycle)
  const own = { run: randomUUID(), instance: `${hostname()}-${process.pid}`, startedAt: Date.now() }
  const others = new OtherProcesses(own)
  const shared = { config, gates, nats, others, log, lifecycle }
  const connectors = setups.value.map((setup) => connectorOf(setup, shared))
  watchConnectors(registry, connectors)

  const readiness = new Readiness()
  readiness.add('NATS', () => nats.away)
  readiness.add('decisions', () => (nats.isCurrent ? null : 'being read'))
  readiness.inform('connectors', () => faultsInWords(connectors))
  readiness.inform('blocking', () => unstoppedInWords(connectors.map(stoppingOf)).join('; ') || null)
  const { connector: address, http: settings } = config
  const served = { service: 'connector', address, settings, log, readiness, metrics: registry }
  const addRoutes = (server: HttpServer) => addConnectorRoutes(server, connectors, own)
  const port = await serveHttp(served, 'CONNECTOR_PORT', lifecycle, addRoutes)
  log.info({ port, connectors: connectors.map(({ name }) => name) }, 'listening')

  const running = Promise.all(connectors.map((connector) => connector.run()))
  lifecycle.onStop('connectors', async () => {
    await running
    await nats.close()
  })
  void nats.open(connectors, own, others, registry).catch((error: Error) => lifecycle.fail(error))
  return port
}

/** One for each trader, whatever number of connectors it has, and for all that these obey. */
function gatesOf(setups: readonly ConnectorSetup[], config: Config): ReadonlyMap<TraderId, Gate> {
  const gates = new Map<TraderId, Gate>()
  const admit = (id: TraderId): Gate => {
    const known = gates.get(id)
    if (known !== undefined) return known
    const gate = new Gate(id, config.leaseMs, config.trader.undecidedAfterMs)
    gates.set(id, gate)
    gate.obey((config.traders[id]?.obeys ?? []).map(admit))
    return gate
  }
  for (const { config: connector } of setups) admit(connector.trader)
  return gates
}

interface Shared {
  readonly config: Config
  readonly gates: ReadonlyMap<TraderId, Gate>
  readonly nats: LateLink
  readonly others: OtherProcesses
  readonly log: Logger
  readonly lifecycle: Lifecycle
}

function connectorOf(setup: ConnectorSetup, shared: Shared): Connector {
  const { config, gates, nats, others, log, lifecycle } = shared
  const { trader, reads } = setup.config
  const gate = gates.get(trader)
  if (gate === undefined) throw new Error(`trader "${trader}" has no gate`)
  const { staleAfterSeconds, currency } = limitsOf(config, trader)
  const dryRun = setup.config.dryRun || config.connector.dryRun
  const parts = {
    setup,
    gate,
    outbox: reads && !dryRun ? nats.outboxOf(gate) : null,
    dryRun,
    others,
    atLeastEveryMs: reportAtLeastEveryMs(staleAfterSeconds),
    currency,
    notesFolder: config.connector.notesFolder,
    log,
    onFaults: () => nats.tell(setup.name),
  }
  return new Connector(parts, lifecycle.stopping)
}

function stoppingOf({ name, gate, canBlock }: Connector): Stopping {
  return { name, trader: gate.trader, canBlock }
}

function faultsInWords(connectors: readonly Connector[]): string | null {
  const faults = connectors.flatMap(({ name, faults: { open } }) =>
    open.map(({ task, reason }) => `${name} cannot ${task === 'run-alone' ? 'run alone' : task}: ${reason}`),
  )
  return faults.length === 0 ? null : faults.join('; ')
}
