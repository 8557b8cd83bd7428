import { NodeProcess } from '../guardian/node-process.ts'
import { type BenchServer, startServer } from '../guardian/server.ts'
import { type BenchDatabase, query } from './databases.ts'
import type { Sizes } from './options.ts'
import { preloadRisk, startPersister, untilStored } from './persister-process.ts'
import type { Events } from './trader-events.ts'

/** Events a second, and the processor time of the process that stored them, microseconds an event. */
export interface Pace {
  readonly perSecond: number
  readonly cpuMicros: number
}

export interface IngestRound {
  readonly persister: Pace
  readonly floor: Pace
}

/** RISK is full of events: how fast one persister stores them, against how fast the same rows can be inserted. */
export async function measureIngest(
  database: BenchDatabase,
  { events, batchSize }: Sizes,
  traders: number,
  rounds: number,
  onRound: (round: IngestRound) => void,
): Promise<readonly IngestRound[]> {
  const server = await startServer()
  try {
    const preloaded = await preloadRisk(server, events, traders)
    const ofPersister = () => persisterPace(server, database, preloaded)
    const ofFloor = () => floorPace(server, database, preloaded, batchSize)
    const done: IngestRound[] = []
    while (done.length < rounds) {
      const round = await inTurns(done.length, ofPersister, ofFloor)
      done.push(round)
      onRound(round)
    }
    return done
  } finally {
    await server.stop()
  }
}

/** Each is the first one in every other round. */
async function inTurns(
  round: number,
  persister: () => Promise<Pace>,
  floor: () => Promise<Pace>,
): Promise<IngestRound> {
  if (round % 2 === 0) return { persister: await persister(), floor: await floor() }
  const first = await floor()
  return { persister: await persister(), floor: first }
}

async function persisterPace(server: BenchServer, database: BenchDatabase, { events }: Events): Promise<Pace> {
  const { url, drop } = await database.fresh()
  const persister = await startPersister(server, url)
  try {
    const { cpuMs } = await persister.probe()
    await persister.watch(untilStored(server))
    return await paceOf(url, events, (await persister.probe()).cpuMs - cpuMs)
  } finally {
    await persister.stop()
    await drop()
  }
}

async function floorPace(
  server: BenchServer,
  database: BenchDatabase,
  { events, traders, before }: Events,
  batchSize: number,
): Promise<Pace> {
  const { url, drop } = await database.fresh()
  const args = [events, traders, before, batchSize].map(String)
  const floor = new NodeProcess('bench/persister/floor-insert.ts', server.folder, { DATABASE_URL: url }, args)
  try {
    await floor.line('loaded')
    const { cpuMs } = await floor.probe()
    floor.send({ kind: 'go' })
    await floor.line('stored')
    return await paceOf(url, events, (await floor.probe()).cpuMs - cpuMs)
  } finally {
    await floor.stop()
    await drop()
  }
}

/**
 * By the database's clock: each row has the time at which its transaction began. What the last transaction stored does not
 * count, as its end is not known.
 */
async function paceOf(url: string, events: number, cpuMs: number): Promise<Pace> {
  const [row] = await query<{ rows: number; counted: number; seconds: number }>(
    url,
    `WITH span AS (SELECT min(updated_at) AS first, max(updated_at) AS last FROM risk_state_history)
     SELECT count(*)::float8 AS rows, (count(*) FILTER (WHERE updated_at < last))::float8 AS counted,
       extract(epoch FROM min(last) - min(first))::float8 AS seconds FROM risk_state_history, span`,
  )
  if (row?.rows !== events) throw new Error(`the history has ${row?.rows} rows instead of ${events}`)
  return {
    perSecond: Math.round(row.counted / row.seconds),
    cpuMicros: Math.round((cpuMs * 10_000) / events) / 10,
  }
}
