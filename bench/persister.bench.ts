/**
 * The cost of a persister beyond its output: how fast it writes RISK into the tables, and what it delays meanwhile.
 * Everything is real: nats-server, PostgreSQL, TimescaleDB, the persister's own process; each floor is a process as well.
 * `node bench/persister.bench.ts --help`
 */
import { loadavg } from 'node:os'
import { startServer } from './guardian/server.ts'
import { machineLine } from './machine.ts'
import { optionsOrExit } from './options-or-exit.ts'
import { type BenchDatabase, OUTAGE_KINDS, startDatabase, type Tier } from './persister/databases.ts'
import { measureIngest } from './persister/measure-ingest.ts'
import { measureMemory } from './persister/measure-memory.ts'
import { measureOutage } from './persister/measure-outage.ts'
import { measureQueryable } from './persister/measure-queryable.ts'
import { measureRebuild } from './persister/measure-rebuild.ts'
import { HELP, type Measure, type Options, RATIOS_NEED, readOptions } from './persister/options.ts'
import { linesOf, type Rounds, resultOf, tableOf } from './persister/results.ts'
import { appendResult } from './results-file.ts'
import { ROUNDS_MIN } from './rounds.ts'

const options = optionsOrExit('persister', readOptions, HELP)
if (options.help) console.log(HELP)
else await run(options)

async function run(options: Options): Promise<void> {
  const before = loadavg()[0] ?? 0
  const natsServer = await versionOfServer()
  const onPostgres = await withDatabase('postgres', (database) => measurePostgres(database, options))
  const onTimescale = await withDatabase('timescale', (database) => measureTimescale(database, options))
  const rounds: Rounds = { ...onPostgres.rounds, ...onTimescale.rounds }
  const load = { before, after: loadavg()[0] ?? 0 }
  const versions = { natsServer, postgres: onPostgres.version, timescale: onTimescale.version }
  const result = resultOf(rounds, options, { ...versions, load })
  console.table(tableOf(rounds))
  for (const line of linesOf(rounds)) console.log(line)
  const servers = [`nats-server ${natsServer}, file storage, sync_interval 2m (default)`, onPostgres.version]
  console.log([...servers, onTimescale.version, machineLine()].filter((words) => words !== null).join('; '))
  const isWhole = RATIOS_NEED.every((measure) => options.measures.includes(measure))
  if (isWhole && !options.quick && options.rounds >= ROUNDS_MIN) console.log(`appended to ${appendResult(result)}`)
  if (options.json) console.log(JSON.stringify(result))
}

async function measurePostgres(database: BenchDatabase, { measures, sizes, rounds }: Options): Promise<Rounds> {
  const wants = (measure: Measure) => measures.includes(measure)
  const say = (measure: string, times = rounds) => sayRound(measure, times)
  const { traders, fewTraders } = sizes
  return {
    ...(wants('ingest') && {
      ingestPostgres: await measureIngest(database, sizes, traders, rounds, say('ingestPostgres')),
      ingestPostgresFew: await measureIngest(database, sizes, fewTraders, rounds, say('ingestPostgresFew')),
    }),
    ...(wants('outage') && {
      outage: await measureOutage(database, sizes, rounds, say('outage', rounds * OUTAGE_KINDS.length)),
    }),
    ...(wants('rebuild') && { rebuild: await measureRebuild(database, sizes, rounds, say('rebuild')) }),
    ...(wants('queryable') && { queryable: await measureQueryable(database, sizes) }),
    ...(wants('memory') && { memoryMostMb: await measureMemory(database, sizes) }),
  }
}

async function measureTimescale(database: BenchDatabase, { measures, sizes, rounds }: Options): Promise<Rounds> {
  const wants = (measure: Measure) => measures.includes(measure)
  const { traders, fewTraders } = sizes
  return {
    ...(wants('ingest') && {
      ingestTimescale: await measureIngest(database, sizes, traders, rounds, sayRound('ingestTimescale', rounds)),
      ingestTimescaleFew: await measureIngest(
        database,
        sizes,
        fewTraders,
        rounds,
        sayRound('ingestTimescaleFew', rounds),
      ),
    }),
  }
}

/** If a database is unavailable, its figures are null and the reason is printed. */
async function withDatabase(tier: Tier, measure: (database: BenchDatabase) => Promise<Rounds>) {
  const database = await startDatabase(tier).catch((error: Error) => {
    console.error(`not measured on ${tier}, because it could not be started: ${error.message.split('\n')[0]}`)
    return null
  })
  if (database === null) return { version: null, rounds: {} }
  try {
    return { version: database.version, rounds: await measure(database) }
  } finally {
    await database.stop()
  }
}

/** Prints a line per round on standard error. */
function sayRound(measure: string, rounds: number): (figures: object) => void {
  let round = 0
  return (figures) => {
    round += 1
    console.error(`${measure} ${round}/${rounds} ${JSON.stringify(figures)}`)
  }
}

async function versionOfServer(): Promise<string> {
  const server = await startServer()
  await server.stop()
  return server.version
}
