import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { freePort } from '@drawbridge/dev-stack'
import { guardianPace, type Pace } from '../guardian/measure-catch-up.ts'
import { type BenchServer, startServer } from '../guardian/server.ts'
import { preloadTicks } from '../guardian/ticks.ts'
import type { Options } from './options.ts'

/** Far more often than Prometheus asks. */
const SCRAPE_EVERY_MS = 1_000

export interface Round {
  readonly neither: Pace
  readonly metrics: Pace
  readonly tracing: Pace
}

/** What all rounds together gave. */
export interface Measured {
  readonly rounds: readonly Round[]
  /** How long each answer of `/metrics` took meanwhile, milliseconds. */
  readonly scrapesMs: readonly number[]
  readonly natsServer: string
}

export async function measure(options: Options, onRound: (round: Round) => void): Promise<Measured> {
  const server = await startServer()
  const collector = await startCollector()
  try {
    await preloadTicks(server, options.ticks, options.traders, options.sampledEvery)
    const rounds: Round[] = []
    const scrapesMs: number[] = []
    const off = { METRICS_ENABLED: 'false' }
    while (rounds.length < options.rounds) {
      const round = await inTurn(rounds.length, {
        neither: () => pace(server, options, off),
        metrics: () => scraped(scrapesMs, (env) => pace(server, options, env)),
        tracing: () => pace(server, options, { ...off, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }),
      })
      rounds.push(round)
      onRound(round)
    }
    return { rounds, scrapesMs, natsServer: server.version }
  } finally {
    collector.close()
    await server.stop()
  }
}

/** Another one goes first in each round: what one leaves behind disturbs the next. */
async function inTurn(round: number, ways: Readonly<Record<keyof Round, () => Promise<Pace>>>): Promise<Round> {
  const names = Object.keys(ways) as (keyof Round)[]
  const paces: Partial<Record<keyof Round, Pace>> = {}
  for (let turn = 0; turn < names.length; turn += 1) {
    const name = names[(round + turn) % names.length] as keyof Round
    paces[name] = await ways[name]()
  }
  return paces as Round
}

async function pace(server: BenchServer, { ticks }: Options, env: Readonly<Record<string, string>>): Promise<Pace> {
  await server.renewRisk()
  return guardianPace(server, ticks, 0, env)
}

/** Asks for the metrics again and again meanwhile. */
async function scraped(
  scrapesMs: number[],
  work: (env: Readonly<Record<string, string>>) => Promise<Pace>,
): Promise<Pace> {
  const port = await freePort()
  const scrape = async () => {
    const startedAt = performance.now()
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    if (text.includes('risk_check_latency_ms_count')) scrapesMs.push(performance.now() - startedAt)
  }
  // Before it listens, and after it has stopped, nobody answers.
  const timer = setInterval(() => scrape().catch(() => undefined), SCRAPE_EVERY_MS)
  try {
    return await work({ METRICS_ENABLED: 'true', RISK_GUARDIAN_PORT: String(port) })
  } finally {
    clearInterval(timer)
  }
}

/** Takes spans and forgets them. */
async function startCollector() {
  const server = createServer((request, response) => {
    request.resume()
    request.on('end', () => response.setHeader('content-type', 'application/json').end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}
