import { NodeProcess } from '../guardian/node-process.ts'
import { type BenchServer, startServer } from '../guardian/server.ts'
import { type BenchDatabase, query } from './databases.ts'
import type { Sizes } from './options.ts'
import { preloadRisk } from './persister-process.ts'
import { type Events, monthsOf } from './trader-events.ts'

/** Events a second. */
export interface RebuildRound {
  readonly rebuildPerSecond: number
  readonly floorPerSecond: number
}

/** The history and the snapshot made from RISK in an empty database, against reading RISK and copying rows. */
export async function measureRebuild(
  database: BenchDatabase,
  { events, traders }: Sizes,
  rounds: number,
  onRound: (round: RebuildRound) => void,
): Promise<readonly RebuildRound[]> {
  const server = await startServer()
  try {
    const preloaded = await preloadRisk(server, events, traders)
    const args = [String(preloaded.before + events), monthsOf(preloaded).join(',')]
    const done: RebuildRound[] = []
    while (done.length < rounds) {
      const round = {
        rebuildPerSecond: await perSecond(server, database, preloaded, 'run-rebuild.ts'),
        floorPerSecond: await perSecond(server, database, preloaded, 'floor-copy.ts', ...args),
      }
      done.push(round)
      onRound(round)
    }
    return done
  } finally {
    await server.stop()
  }
}

async function perSecond(
  server: BenchServer,
  database: BenchDatabase,
  { events }: Events,
  script: string,
  ...args: readonly string[]
): Promise<number> {
  const { url, drop } = await database.fresh()
  const env = { NATS_URL: server.url, DATABASE_URL: url }
  const running = new NodeProcess(`bench/persister/${script}`, server.folder, env, args)
  try {
    await running.line('loaded')
    running.send({ kind: 'go' })
    const { seconds } = await running.line('done')
    const [row] = await query<{ rows: string }>(url, 'SELECT count(*) AS rows FROM risk_state_history')
    if (Number(row?.rows) !== events) throw new Error(`the history has ${row?.rows} rows instead of ${events}`)
    return Math.round(events / Number(seconds))
  } finally {
    await running.stop()
    await drop()
  }
}
