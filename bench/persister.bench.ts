/**
 * The cost of a persister beyond its output: how fast it writes RISK into the tables, and what it delays meanwhile.
 * Everything is real: nats-server, PostgreSQL, TimescaleDB, the persister's own process; each floor is a process as well.
 * `node bench/persister.bench.ts --help`
 */
import { type Delay, median } from './figures.ts'
import { optionsOrExit, ROUNDS_MIN } from './options.ts'
import { type BenchDatabase, OUTAGE_KINDS, type OutageKind, startDatabase } from './persister/databases.ts'
import { measureOutage, measureQueryable, type OutageRound } from './persister/measure-delays.ts'
import {
  type IngestRound,
  measureIngest,
  measureMemory,
  measureRebuild,
  type RebuildRound,
} from './persister/measure-rates.ts'
import type { Sizes } from './persister/persister-process.ts'
import {
  appendResult,
  type Figures,
  headOf,
  loadNow,
  machineLine,
  medianOf,
  surroundings,
  tableOf,
  versionOf,
} from './results.ts'
import { serverVersion } from './server.ts'

const MEASURES = ['ingest', 'outage', 'rebuild', 'queryable', 'memory'] as const
type Measure = (typeof MEASURES)[number]

const FULL: Sizes = {
  events: 400_000,
  traders: 10_000,
  fewTraders: 100,
  batchSize: 1_000,
  ticks: 600,
  ticksPerSecond: 200,
  looks: 200,
  backlog: 1_000_000,
}

const HELP = `npm run bench -- persister [--only ingest,outage] [--rounds 5] [--quick] [--json]

Measures one persister against processes that do only its output. Each figure is the median over the rounds, in
which persister and floor take turns. PostgreSQL is included; TimescaleDB runs in a container, and without Docker its
figures are null. Takes about 15 minutes; with all measures of the ratios and at least ${ROUNDS_MIN} rounds it
appends a line to bench/results/persister.jsonl.

  --only     some of ${MEASURES.join(', ')}
  --rounds   how often, 1 to 50 (${ROUNDS_MIN})
  --quick    small sizes and one round, without memory, to see that the bench works
  --json     the result as one line of JSON, last on standard output

  ingest     events a second from RISK into the tables, over the same rows from memory; on both databases
  outage     from a tick to its decision while the database is stopped, read-only or cut off, over the same while it is up
  rebuild    the history made again from RISK, over an ordered consumer and COPY
  queryable  how long an event takes until a query finds it, at 10 events a second
  memory     the most memory that a persister takes, with ${FULL.backlog.toLocaleString('en')} events behind`

/** The target of each ratio; null: only reported. */
const TARGETS = {
  ingestTimescale: 'at least 0.75',
  ingestPostgres: 'at least 0.75',
  rebuild: 'at least 0.6',
  outageLatencyP50: 'at most 1.2',
  outageStopped: 'at most 1.2',
  outageReadOnly: 'at most 1.2',
  outageCutOff: 'at most 1.2',
  ingestTimescaleFew: null,
  ingestPostgresFew: null,
} as const
type Ratio = keyof typeof TARGETS

/** The raw figures of each measure that was taken. */
interface Rounds {
  readonly ingestTimescale?: readonly IngestRound[]
  readonly ingestPostgres?: readonly IngestRound[]
  /** With few traders: the snapshot costs almost nothing. */
  readonly ingestTimescaleFew?: readonly IngestRound[]
  readonly ingestPostgresFew?: readonly IngestRound[]
  readonly rebuild?: readonly RebuildRound[]
  readonly outage?: readonly OutageRound[]
  readonly queryable?: Delay
  /** Mebibytes. */
  readonly memoryMostMb?: number
}

const options = optionsOrExit({
  name: 'persister',
  help: HELP,
  measures: MEASURES,
  recorded: ['ingest', 'outage', 'rebuild'],
  full: FULL,
  quick: { ...FULL, events: 20_000, traders: 2_000, ticks: 100, looks: 20 },
  quickMeasures: ['ingest', 'outage', 'rebuild', 'queryable'],
})
const { sizes } = options
const loadBefore = loadNow()
const natsServer = await serverVersion()
const onPostgres = await withDatabase('postgres', measurePostgres)
const onTimescale = await withDatabase('timescale', measureTimescale)
const rounds: Rounds = { ...onPostgres.rounds, ...onTimescale.rounds }
const ratios = ratiosOf(rounds)
const named = (...names: readonly Ratio[]) =>
  Object.fromEntries(names.map((ratio) => [ratio, medianOf(ratio, ratios[ratio])]))
const { queryable, memoryMostMb } = rounds
const result = {
  ...headOf('persister'),
  ratios: named('ingestTimescale', 'ingestPostgres', 'rebuild', 'outageLatencyP50'),
  figures: {
    ...named('outageStopped', 'outageReadOnly', 'outageCutOff', 'ingestTimescaleFew', 'ingestPostgresFew'),
    queryableP50Ms: queryable?.p50Ms ?? null,
    queryableP99Ms: queryable?.p99Ms ?? null,
    memoryMostMb: memoryMostMb ?? null,
  },
  rounds,
  settings: {
    rounds: options.rounds,
    ...sizes,
    connections: 1,
    database: 'default settings',
    storage: 'file',
    syncInterval: '2m (default)',
    replicas: 1,
  },
  ...surroundings(
    {
      natsServer,
      natsClient: versionOf('@nats-io/transport-node'),
      pg: versionOf('pg'),
      postgres: onPostgres.version,
      timescale: onTimescale.version,
    },
    loadBefore,
  ),
}
console.table(tableOf(ratios, TARGETS))
if (queryable !== undefined) {
  const { p50Ms, p99Ms, maxMs } = queryable
  console.log(`queryableP99Ms ${p99Ms} (p50 ${p50Ms}, most ${maxMs}; target: below 250), 10 events/s`)
}
if (memoryMostMb !== undefined) console.log(`memoryMostMb ${memoryMostMb} (target: below 256)`)
const servers = [`nats-server ${natsServer}, file storage, sync_interval 2m (default)`, onPostgres.version]
console.log([...servers, onTimescale.version, machineLine()].filter((words) => words !== null).join('; '))
if (options.isRecorded) console.log(`appended to ${appendResult(result)}`)
if (options.json) console.log(JSON.stringify(result))

function wants(measure: Measure): boolean {
  return options.measures.includes(measure)
}

function ingest(name: string, database: BenchDatabase, traders: number): Promise<readonly IngestRound[]> {
  return measureIngest(name, database, sizes, traders, options.rounds)
}

async function measurePostgres(database: BenchDatabase): Promise<Rounds> {
  return {
    ...(wants('ingest') && {
      ingestPostgres: await ingest('ingestPostgres', database, sizes.traders),
      ingestPostgresFew: await ingest('ingestPostgresFew', database, sizes.fewTraders),
    }),
    ...(wants('outage') && { outage: await measureOutage(database, sizes, options.rounds) }),
    ...(wants('rebuild') && { rebuild: await measureRebuild(database, sizes, options.rounds) }),
    ...(wants('queryable') && { queryable: await measureQueryable(database, sizes) }),
    ...(wants('memory') && { memoryMostMb: await measureMemory(database, sizes) }),
  }
}

async function measureTimescale(database: BenchDatabase): Promise<Rounds> {
  if (!wants('ingest')) return {}
  return {
    ingestTimescale: await ingest('ingestTimescale', database, sizes.traders),
    ingestTimescaleFew: await ingest('ingestTimescaleFew', database, sizes.fewTraders),
  }
}

/** If a database is unavailable, its figures are null and the reason is printed. */
async function withDatabase(
  tier: 'timescale' | 'postgres',
  measure: (database: BenchDatabase) => Promise<Rounds>,
): Promise<{ readonly version: string | null; readonly rounds: Rounds }> {
  const started = await startDatabase(tier).catch((error: Error) => {
    console.error(`not measured on ${tier}, because it could not be started: ${error.message.split('\n')[0]}`)
    return null
  })
  if (started === null) return { version: null, rounds: {} }
  await using database = started
  return { version: database.version, rounds: await measure(database) }
}

function ratiosOf(rounds: Rounds): Figures<Ratio> {
  const ingests = (of: readonly IngestRound[] = []) =>
    of.map(({ persister, floor }) => persister.perSecond / floor.perSecond)
  const outages = (of: OutageKind) =>
    (rounds.outage ?? []).filter(({ kind }) => kind === of).map(({ upP50Ms, downP50Ms }) => downP50Ms / upP50Ms)
  return {
    ingestTimescale: ingests(rounds.ingestTimescale),
    ingestPostgres: ingests(rounds.ingestPostgres),
    rebuild: (rounds.rebuild ?? []).map(({ rebuildPerSecond, floorPerSecond }) => rebuildPerSecond / floorPerSecond),
    // The worst of the kinds.
    outageLatencyP50: OUTAGE_KINDS.map(outages).reduce((worst, one) => (median(one) > median(worst) ? one : worst)),
    outageStopped: outages('stopped'),
    outageReadOnly: outages('readOnly'),
    outageCutOff: outages('cutOff'),
    ingestTimescaleFew: ingests(rounds.ingestTimescaleFew),
    ingestPostgresFew: ingests(rounds.ingestPostgresFew),
  }
}
