import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { subjects } from '@drawbridge/contracts'
import { Load, type Rate } from '../../e2e/faults/load.ts'
import { NodeProcess } from '../guardian/node-process.ts'
import { startServer } from '../guardian/server.ts'
import { startDatabase } from '../persister/databases.ts'

export const RATE: Rate = { traders: 20, ticksPerSecond: 5 }
/** The trader that a limit holds reports so often, so that it is judged anew soon. */
export const HELD_EVERY_MS = 10
/** In turns: what is lifted begins anew, so that only another loss can break its limit. */
const HELD_EQUITIES = [1_000, 700] as const
const HELD = 'held'

/** The three services as processes on servers of their own, with a load, and a trader whose loss is beyond its limit. */
export interface FlagSystem {
  readonly versions: { readonly natsServer: string; readonly postgres: string }
  /** Where the services answer; the trader has the operators' API too. */
  readonly urls: { readonly trader: string; readonly guardian: string; readonly persister: string }
  /** Of the trader that a limit holds. */
  readonly canTradeUrl: string
  stop(): Promise<void>
}

export async function startSystem(): Promise<FlagSystem> {
  const releases: (() => Promise<unknown>)[] = []
  const stop = async () => {
    for (const release of releases.toReversed()) await release()
  }
  try {
    const server = await startServer()
    releases.push(() => server.stop())
    const database = await startDatabase('postgres')
    releases.push(() => database.stop())
    const { url: databaseUrl } = await database.fresh()
    await writeFile(path.join(server.folder, 'config.json'), JSON.stringify({ traders: { [HELD]: {} } }))
    const start = async (service: string, port: string) => {
      const env = { NATS_URL: server.url, DATABASE_URL: databaseUrl, [port]: '0' }
      const started = new NodeProcess(`services/${service}/src/main.ts`, server.folder, env)
      releases.push(() => started.stop())
      return `http://127.0.0.1:${(await started.line('listening')).port}`
    }
    const urls = {
      guardian: await start('risk-guardian', 'RISK_GUARDIAN_PORT'),
      persister: await start('persister', 'PERSISTER_PORT'),
      trader: await start('trader', 'TRADER_PORT'),
    }
    let reports = 0
    const report = () => {
      const equity = HELD_EQUITIES[reports++ % HELD_EQUITIES.length]
      server.connection.publish(subjects.tick(HELD), JSON.stringify({ equity }))
    }
    const timer = setInterval(report, HELD_EVERY_MS)
    releases.push(async () => clearInterval(timer))
    const load = await Load.start(server.url, RATE)
    releases.push(() => load.stop())
    const versions = { natsServer: server.version, postgres: database.version }
    return { versions, urls, canTradeUrl: `${urls.trader}/api/traders/${HELD}/can-trade`, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
