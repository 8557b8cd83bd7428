import { measureRounds, type Pace, paceOf } from '../figures.ts'
import { NodeProcess } from '../node-process.ts'
import { type BenchServer, startServer } from '../server.ts'
import { type BenchDatabase, query, requireRows } from './databases.ts'
import { preloadRisk, type Sizes, startPersister, untilStored } from './persister-process.ts'
import { type Events, monthsOf } from './trader-events.ts'

export interface IngestRound {
  readonly persister: Pace
  readonly floor: Pace
}

/** Events per second. */
export interface RebuildRound {
  readonly rebuildPerSecond: number
  readonly floorPerSecond: number
}

/** With RISK full of events: how fast one persister stores them, over how fast the same rows can be inserted. */
export async function measureIngest(
  name: string,
  database: BenchDatabase,
  { events, batchSize }: Sizes,
  traders: number,
  rounds: number,
): Promise<readonly IngestRound[]> {
  await using server = await startServer()
  const preloaded = await preloadRisk(server, events, traders)
  return await measureRounds(name, rounds, async (round) => {
    // The persister is first in every other round.
    const early = round % 2 === 0 ? await persisterPace(server, database, preloaded) : null
    const floor = await floorPace(server, database, preloaded, batchSize)
    return { persister: early ?? (await persisterPace(server, database, preloaded)), floor }
  })
}

async function persisterPace(server: BenchServer, database: BenchDatabase, { events }: Events): Promise<Pace> {
  await using fresh = await database.fresh()
  await using persister = await startPersister(server, fresh.url)
  const [, cpuMs] = await persister.cpuDuring(() => persister.watch(untilStored(server)))
  return paceOf(await storedPerSecond(fresh.url, events), cpuMs, events)
}

async function floorPace(
  server: BenchServer,
  database: BenchDatabase,
  { events, traders, before }: Events,
  batchSize: number,
): Promise<Pace> {
  await using fresh = await database.fresh()
  const args = [events, traders, before, batchSize].map(String)
  await using floor = new NodeProcess(
    'bench/persister/floor-insert.ts',
    server.folder,
    { DATABASE_URL: fresh.url },
    args,
  )
  await floor.line('loaded')
  const [, cpuMs] = await floor.cpuDuring(() => {
    floor.send('go')
    return floor.line('done')
  })
  return paceOf(await storedPerSecond(fresh.url, events), cpuMs, events)
}

/**
 * By the database's clock: each row has the time at which its transaction began. The rows of the last transaction do not
 * count, because its end is unknown.
 */
async function storedPerSecond(url: string, events: number): Promise<number> {
  await requireRows(url, events)
  const [row] = await query<{ counted: number; seconds: number }>(
    url,
    `WITH span AS (SELECT min(updated_at) AS first, max(updated_at) AS last FROM risk_state_history)
     SELECT (count(*) FILTER (WHERE updated_at < last))::float8 AS counted,
       extract(epoch FROM min(last) - min(first))::float8 AS seconds FROM risk_state_history, span`,
  )
  return (row?.counted ?? 0) / (row?.seconds ?? 0)
}

/** The history and the snapshot made from RISK in an empty database, over reading RISK and copying rows. */
export async function measureRebuild(
  database: BenchDatabase,
  { events, traders }: Sizes,
  rounds: number,
): Promise<readonly RebuildRound[]> {
  await using server = await startServer()
  const preloaded = await preloadRisk(server, events, traders)
  const args = [String(preloaded.before + events), monthsOf(preloaded).join(',')]
  return await measureRounds('rebuild', rounds, async () => ({
    rebuildPerSecond: await rowsPerSecond(server, database, events, 'run-rebuild.ts'),
    floorPerSecond: await rowsPerSecond(server, database, events, 'floor-copy.ts', ...args),
  }))
}

async function rowsPerSecond(
  server: BenchServer,
  database: BenchDatabase,
  events: number,
  script: string,
  ...args: readonly string[]
): Promise<number> {
  await using fresh = await database.fresh()
  const env = { NATS_URL: server.url, DATABASE_URL: fresh.url }
  await using running = new NodeProcess(`bench/persister/${script}`, server.folder, env, args)
  await running.line('loaded')
  running.send('go')
  const { seconds } = await running.line('done')
  await requireRows(fresh.url, events)
  return Math.round(events / Number(seconds))
}

/** The peak of a persister's resident memory while it catches up, mebibytes. */
export async function measureMemory(database: BenchDatabase, { backlog, traders }: Sizes): Promise<number> {
  await using server = await startServer()
  await using fresh = await database.fresh()
  await preloadRisk(server, backlog, traders)
  await using persister = await startPersister(server, fresh.url)
  await persister.watch(untilStored(server))
  // The first probe comes after the work: it collects garbage and frees memory.
  return Math.round((await persister.probe()).rssMostBytes / 2 ** 20)
}
