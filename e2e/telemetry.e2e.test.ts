import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { migrate } from '@drawbridge/migrations'
import { catalogueByService, createLogger } from '@drawbridge/service-kit'
import {
  createDatabase,
  eventually,
  freshStreams,
  infrastructure,
  type ServiceProcess,
  spawnService,
  type TestDatabase,
} from '@drawbridge/testing'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { metricOf } from './faults/metric-of.ts'
import { query } from './history.ts'
import { NOBODY_OUTSIDE } from './nobody-outside.ts'
import { makeWorkFolder } from './npm-start.ts'
import { Collector } from './telemetry/collector.ts'

const CONFIG = {
  limits: { max_daily_loss: 10 },
  traders: { bot1: {}, bot2: {} },
  ...NOBODY_OUTSIDE,
  connectors: { account: NOBODY_OUTSIDE.connectors.bot2 },
}
const SERVICES = ['console', 'trader', 'risk-guardian', 'persister', 'notifier', 'connector'] as const
type Line = ReturnType<ServiceProcess['lines']>[number]

/** What a tick passes on its way to its row. */
const ON_THE_WAY: readonly string[] = ['trader', 'risk-guardian', 'persister']
/** Some metrics exist only on Linux. */
const OF_SOME_SYSTEMS = new Set([
  'process_virtual_memory_bytes',
  'process_heap_bytes',
  'process_open_fds',
  'process_max_fds',
])

let database: TestDatabase
let connection: NatsConnection
let folder: Awaited<ReturnType<typeof makeWorkFolder>>
let collector: Collector
let env: Record<string, string>
let services: Record<(typeof SERVICES)[number], ServiceProcess>
let traces = 0

beforeAll(async () => {
  collector = await Collector.start()
  database = await createDatabase()
  folder = await makeWorkFolder()
  const file = join(folder.path, 'config.json')
  await writeFile(file, JSON.stringify(CONFIG))
  connection = await connect({ servers: infrastructure().natsUrl })
  await freshStreams(connection, CONFIG)
  await migrate(database.url, createLogger('test', 'silent'))
  env = { NATS_URL: infrastructure().natsUrl, DATABASE_URL: database.url, CONFIG_FILE: file, LOG_LEVEL: 'debug' }
  const traced = {
    ...env,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_TRACES_SAMPLER_ARG: '1',
    OTEL_BSP_SCHEDULE_DELAY: '50',
  }
  services = {
    'risk-guardian': spawnService('risk-guardian', traced),
    persister: spawnService('persister', traced),
    trader: spawnService('trader', traced),
    console: spawnService('console', env),
    notifier: spawnService('notifier', env),
    connector: spawnService('connector', env),
  }
  // What a service says while it starts is said by then.
  const isReady = async (service: ServiceProcess) => (await fetch(`${await service.url()}/readyz`)).ok
  for (const name of SERVICES) {
    await eventually(() => isReady(services[name]), { what: `${name} to be ready`, timeoutMs: 120_000 })
  }
  await post('bot1', '{"equity": 1000}')
  await post('bot2', '{"equity": 500}')
  await rowsOf('bot2', 1)
  // Only a gate that has read the decisions receives the next one immediately.
  await eventually(async () => (await metricOf(services.trader, 'trader_gate_open')) === 2, {
    what: 'both gates to open',
  })
}, 120_000)

afterAll(async () => {
  await connection?.close()
  await database?.drop()
  await folder?.remove()
  collector?.close()
})

/** A new trace, as a bot begins it. */
function newTrace(flags: '00' | '01') {
  traces += 1
  const traceId = String(traces).padStart(32, 'a')
  const spanId = String(traces).padStart(16, 'b')
  return { traceId, spanId, traceparent: `00-${traceId}-${spanId}-${flags}` }
}

async function post(trader: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<void> {
  const url = `${await services.trader.url()}/api/traders/${trader}/equity`
  const answer = await fetch(url, { method: 'POST', body, headers })
  expect([200, 202]).toContain(answer.status)
}

interface Row {
  readonly trace_id: string | null
  readonly event_type: string
}

/** The rows of a trader, once there are this many. */
async function rowsOf(trader: string, count: number): Promise<readonly Row[]> {
  const text = `SELECT trace_id, event_type FROM risk_state_history WHERE trader_id = '${trader}' ORDER BY version`
  return eventually(
    async () => {
      const rows = await query<Row>(database.url, text)
      return rows.length >= count ? rows : false
    },
    { what: `${count} rows of ${trader}` },
  )
}

function spansOf(traceId: string) {
  const all = collector.ofTrace(traceId)
  const by = (service: string, operation: string) =>
    all.find((span) => span.service === service && span.name.startsWith(operation))
  return {
    all,
    sent: by('trader', 'send equity.'),
    judged: by('risk-guardian', 'process equity.'),
    gate: by('trader', 'process risk.'),
    stored: by('persister', 'process risk.'),
  }
}

test('one trace leads from the tick of a bot through trader, guardian, gate and persister to the row', async () => {
  const { traceId, spanId, traceparent } = newTrace('01')
  await post('bot2', '{"equity": 501}', { traceparent })
  const [, row] = await rowsOf('bot2', 2)
  expect(row?.trace_id).toBe(traceId)
  await eventually(() => spansOf(traceId).all.length >= 4, { what: 'four spans of the trace' })
  const { sent, judged, gate, stored, all } = spansOf(traceId)
  expect(all).toHaveLength(4)
  expect(sent).toMatchObject({ service: 'trader', parentSpanId: spanId, kind: 4 })
  expect(judged).toMatchObject({ name: 'process equity.tick.{trader}', parentSpanId: sent?.spanId, kind: 5 })
  expect(gate).toMatchObject({ name: 'process risk.assessed.{trader}', parentSpanId: judged?.spanId })
  expect(stored).toMatchObject({ name: 'process risk.assessed.{trader}', parentSpanId: judged?.spanId })
  expect(sent?.attributes).toMatchObject({
    'messaging.system': 'nats',
    'messaging.operation.type': 'send',
    'messaging.destination.name': 'equity.tick.bot2',
    'messaging.destination.template': 'equity.tick.{trader}',
    'drawbridge.trader_id': 'bot2',
  })
})

test('a tick without a trace gets one at the HTTP endpoint, and its row has it', async () => {
  const before = (await rowsOf('bot2', 2)).length
  await post('bot2', '{"equity": 502}')
  const row = (await rowsOf('bot2', before + 1)).at(-1)
  const traceId = row?.trace_id ?? ''
  expect(traceId).toMatch(/^[0-9a-f]{32}$/)
  await eventually(() => spansOf(traceId).all.length >= 4, { what: 'four spans of the trace' })
  expect(spansOf(traceId).sent?.parentSpanId).toBe('')
})

test('a tick of a trace that is not sampled makes no span, and its row has the trace nevertheless', async () => {
  const before = (await rowsOf('bot2', 2)).length
  const unsampled = newTrace('00')
  const sampled = newTrace('01')
  await post('bot2', '{"equity": 503}', { traceparent: unsampled.traceparent })
  await post('bot2', '{"equity": 504}', { traceparent: sampled.traceparent })
  const rows = await rowsOf('bot2', before + 2)
  expect(rows.slice(-2).map(({ trace_id }) => trace_id)).toEqual([unsampled.traceId, sampled.traceId])
  await eventually(() => spansOf(sampled.traceId).all.length >= 4, { what: 'four spans of the sampled trace' })
  expect(collector.ofTrace(unsampled.traceId)).toEqual([])
})

test('every change of state is one line with service, trader and trace, and an ordinary tick is none', async () => {
  const linesOf = () => Object.values(services).flatMap((service) => service.lines())
  const before = (await rowsOf('bot2', 2)).length
  const earlier = new Set(linesOf())
  for (let equity = 505; equity < 525; equity += 1) await post('bot2', `{"equity": ${equity}}`)
  await rowsOf('bot2', before + 20)
  // The others also tell how a database, a channel or an exchange does, whenever that changes.
  const isOnTheWay = ({ service, trader }: Line) => ON_THE_WAY.includes(String(service)) || trader === 'bot2'
  expect(linesOf().filter((line) => !earlier.has(line) && isOnTheWay(line))).toEqual([])

  const { traceId, traceparent } = newTrace('01')
  await post('bot1', '{"equity": 850}', { traceparent })
  await rowsOf('bot1', 2)
  const told = await eventually(
    () => {
      const found = linesOf().filter((line) => line.trace_id === traceId)
      return found.length >= 2 ? found : false
    },
    { what: 'two lines of the breach' },
  )
  expect(told).toHaveLength(2)
  expect(told.find(({ service }) => service === 'risk-guardian')).toMatchObject({ trader: 'bot1', level: 40 })
  expect(told.find(({ service }) => service === 'trader')).toMatchObject({ trader: 'bot1', type: 'breach', level: 40 })
})

test('the eight metrics of the original say what happened to each trader', async () => {
  await eventually(async () => (await metricOf(services['risk-guardian'], 'risk_limit_breaches_total')) === 1, {
    what: 'the breach to be counted',
  })
  const [guardian, persister] = await Promise.all([textOf(services['risk-guardian']), textOf(services.persister)])
  expect(guardian).toContain('\nrisk_daily_pnl{trader_id="bot1"} -150\n')
  expect(guardian).toContain('\nrisk_drawdown{trader_id="bot1"} 15\n')
  expect(guardian).toContain('\nrisk_trading_paused{trader_id="bot1"} 1\n')
  expect(guardian).toContain('\nrisk_trading_paused{trader_id="bot2"} 0\n')
  expect(guardian).toContain('\nrisk_limit_breaches_total{trader_id="bot1"} 1\n')
  expect(guardian).toContain('\nrisk_check_latency_ms_count{trader_id="bot1"} 2\n')
  expect(persister).toContain('\nrisk_persistence_attempts_total{trader_id="bot1"} 2\n')
  expect(persister).toContain('\nrisk_persistence_failures_total{trader_id="bot1"} 0\n')
  expect(persister).toContain('\nrisk_persist_latency_ms_count{trader_id="bot1"} 2\n')

  // The console shows all eight, of all traders, as soon as the others have reported them.
  const reported = [...seriesOfTraders(guardian), ...seriesOfTraders(persister)]
  for (const name of Object.keys(catalogueByService.console))
    expect(reported).toContainEqual(expect.stringMatching(new RegExp(`^${name}`)))
  const isShown = async () => {
    const shown = await textOf(services.console)
    return reported.every((line) => shown.includes(`\n${line}\n`))
  }
  await eventually(isShown, { what: 'the console to show them' })
})

/** Lines of the eight. */
function seriesOfTraders(text: string): readonly string[] {
  const names = Object.keys(catalogueByService.console)
  return text.split('\n').filter((line) => names.some((name) => line.startsWith(name) && line.includes('{')))
}

test.each(SERVICES)('%s shows every metric of its catalogue', async (name) => {
  const text = await textOf(services[name])
  const told = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, metric]) => metric)
  const known = [...Object.keys(catalogueByService[name]), ...Object.keys(catalogueByService['every service'])]
  const always = known.filter((metric) => !OF_SOME_SYSTEMS.has(metric))
  expect(told).toEqual(expect.arrayContaining(always))
  expect(known).toEqual(expect.arrayContaining(told))
})

test('what is measured of every event has been observed', async () => {
  expect(await metricOf(services['risk-guardian'], 'guardian_tick_to_decision_seconds_count')).toBeGreaterThan(20)
  expect(await metricOf(services['risk-guardian'], 'guardian_publish_duration_seconds_count')).toBeGreaterThan(20)
  expect(await metricOf(services['risk-guardian'], 'guardian_decide_duration_seconds_count')).toBeGreaterThan(0)
  expect(await metricOf(services.trader, 'trader_decision_to_gate_seconds_count')).toBeGreaterThan(20)
  expect(await metricOf(services.trader, 'trader_tick_publish_duration_seconds_count')).toBeGreaterThan(20)
  expect(await metricOf(services.persister, 'persister_lag_seconds_count')).toBeGreaterThan(20)
  expect(await metricOf(services.persister, 'persister_batch_duration_seconds_count')).toBeGreaterThan(0)
  expect(await metricOf(services['risk-guardian'], 'guardian_turn')).toBe(1)
  expect(await metricOf(services['risk-guardian'], 'guardian_heartbeat_timestamp_seconds')).toBeGreaterThan(1.7e9)
})

test('a guardian shows at most the configured number of traders, and how many it leaves out', async () => {
  const bounded = spawnService('risk-guardian', { ...env, METRICS_TRADERS_MAX: '1' })
  await eventually(async () => (await metricOf(bounded, 'metrics_traders_left_out')) === 1, {
    what: 'one trader to be left out',
  })
  const text = await textOf(bounded)
  expect([...text.matchAll(/^risk_trading_paused\{/gm)]).toHaveLength(1)
  expect(await metricOf(bounded, 'guardian_traders')).toBe(2)
  await bounded.stop()
})

test('a report that is refused is counted', async () => {
  const url = `${await services.trader.url()}/api/traders/bot1/equity`
  expect((await fetch(url, { method: 'POST', body: 'much' })).status).toBe(400)
  expect(await metricOf(services.trader, 'trader_ticks_refused_total')).toBe(1)
})

test('a collector that is away holds up neither decisions nor the end, and is told once', async () => {
  const nowhere = spawnService('risk-guardian', {
    ...env,
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
    OTEL_EXPORTER_OTLP_TIMEOUT: '100',
    OTEL_BSP_SCHEDULE_DELAY: '20',
  })
  await nowhere.url()
  await services['risk-guardian'].stop()
  const tick = async () => {
    const { traceId, traceparent } = newTrace('01')
    const before = (await rowsOf('bot2', 1)).length
    await post('bot2', '{"equity": 600}', { traceparent })
    expect((await rowsOf('bot2', before + 1)).at(-1)?.trace_id).toBe(traceId)
  }
  const warnings = () => nowhere.lines().filter(({ level, err }) => level === 40 && err !== undefined).length
  await tick()
  await eventually(() => warnings() > 0, { what: 'a line on the collector' })
  for (let count = 0; count < 5; count += 1) await tick()
  expect(await nowhere.stop()).toEqual({ code: 0, signal: null })
  expect(warnings()).toBe(1)
})

test('where metrics are switched off, the answer says so', async () => {
  const silent = spawnService('trader', { ...env, METRICS_ENABLED: 'false' })
  expect(await textOf(silent)).toBe('# Metrics are switched off; METRICS_ENABLED=true and a restart switch them on.\n')
  await silent.stop()
})

async function textOf(service: ServiceProcess): Promise<string> {
  return (await fetch(`${await service.url()}/metrics`)).text()
}
