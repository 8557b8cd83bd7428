import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { streams, subjects, toJsonBytes } from '@drawbridge/contracts'
import { validConfig } from '@drawbridge/testing/streams'
import { NodeProcess } from '../node-process.ts'
import { startDatabase } from '../persister/databases.ts'
import { startPersister, untilStored } from '../persister/persister-process.ts'
import { type Outgoing, publishAll } from '../publishes.ts'
import { type BenchServer, startServer, stored } from '../server.ts'

const BUILD = fileURLToPath(new URL('../../services/console/page/build.ts', import.meta.url))
const BARS = new URL('../../services/trader/data/sp500-2000.csv', import.meta.url)
const DEMO = JSON.parse(readFileSync(new URL('../../scripts/start/demo.json', import.meta.url), 'utf8')) as {
  readonly traders: Readonly<Record<string, { readonly limits?: object; readonly units?: number }>>
}
const IN_FLIGHT = 1_000

/** The replay of the demo with the longest history. */
export const DEMO_TRADER = 'sp500-hold'

/** A whole system of its own: the real services, on a private NATS and PostgreSQL, with the demo's history. */
export async function startSystem() {
  const { limits, units = 0 } = DEMO.traders[DEMO_TRADER] ?? {}
  await promisify(execFile)(process.execPath, [BUILD, '--if-needed'])
  const stack = new AsyncDisposableStack()
  try {
    const server = stack.use(await startServer(validConfig({ traders: { [DEMO_TRADER]: { limits } } })))
    const databases = stack.use(await startDatabase('postgres'))
    const database = stack.use(await databases.fresh())
    const guardian = stack.use(server.startGuardian())
    await guardian.line('judging')
    stack.use(await startPersister(server, database.url))
    const env = { NATS_URL: server.url, DATABASE_URL: database.url, CONSOLE_PORT: '0' }
    const console = stack.use(new NodeProcess('services/console/src/main.ts', server.folder, env))
    const { port } = await console.line('listening')
    await publishAndStore(server, demoTicks(units))
    return {
      server,
      console,
      url: `http://127.0.0.1:${port}`,
      versions: { natsServer: server.version, database: databases.version },
      [Symbol.asyncDispose]: () => stack.disposeAsync(),
    }
  } catch (error) {
    await stack.disposeAsync()
    throw error
  }
}

/** Publishes ticks, and waits until each is judged and in the history. */
export async function publishAndStore(server: BenchServer, ticks: readonly Outgoing[]): Promise<void> {
  const { state } = await server.manager.streams.info(streams.risk)
  await publishAll(server.connection, ticks, IN_FLIGHT)
  await stored(server, ticks.length, state.last_seq)
  await untilStored(server)
}

/** A day's close is 16:00 in New York, more or less: what is measured is the chart. */
function demoTicks(units: number): readonly Outgoing[] {
  const [, ...lines] = readFileSync(BARS, 'utf8').trim().split('\n')
  return lines.map((line) => {
    const [date = '', , , , close = ''] = line.split(',')
    const payload = toJsonBytes({ equity: Math.round(Number(close) * units * 100) / 100, at: `${date}T21:00:00Z` })
    return { subject: subjects.tick(DEMO_TRADER), payload }
  })
}
