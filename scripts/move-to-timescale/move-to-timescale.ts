import {
  createTimescale,
  type Moved,
  type MoveOptions,
  type MoveSurvey,
  moveToTimescale,
  schemaStatus,
  surveyMove,
} from '@drawbridge/migrations'
import { createLogger, databaseAddress } from '@drawbridge/service-kit'
import { type Program, type ProgramContext, printLine, readOptions } from '@drawbridge/service-kit/program'
import { configOf } from '@drawbridge/settings'
import pg from 'pg'
import { progressOn } from '../drawbridge/progress.ts'

const HELP = `Converts a history in partitions of plain PostgreSQL into a hypertable of TimescaleDB, with all its data.

  npm run move-to-timescale -- [--dry-run] [--drop-old] [--json]

  --dry-run    prints what would be done and what blocks it, and changes nothing
  --drop-old   drops the partitions after the hypertable has replaced them; else they stay as
               risk_state_history_partitioned, to be dropped by hand
  --json       one JSON object on standard output; progress goes to standard error
  --help       this text

The server must have TimescaleDB, loaded by shared_preload_libraries; the user must be allowed to create the extension. The
database needs space for a second copy of the history. Persisters may be running: events are copied and compared meanwhile; at
the end they wait while the tables are exchanged in one transaction. After an interruption, run it again to continue.

Exit codes: 0 done, or nothing to do; 1 failed, and the history is unchanged; 2 the command line or the settings are not
valid. The database is that of DATABASE_URL or config.json.
`
const CONNECT_WITHIN_MS = 10_000

export const moveToTimescaleProgram: Program = { help: HELP, run }

async function run(args: readonly string[], context: ProgramContext): Promise<number> {
  const flag = { type: 'boolean', default: false } as const
  const { values: flags } = readOptions(args, { 'dry-run': flag, 'drop-old': flag, json: flag })
  const databaseUrl = databaseAddress(configOf(context), createLogger('move', 'warn', context.stderr))()
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'drawbridge-move',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
  })
  // A connection that breaks between two queries is reported by the next one.
  client.on('error', () => undefined)
  try {
    await connect(client)
    if (flags['dry-run']) return await survey(client, flags.json, context)
    return await move(client, databaseUrl, { dropOld: flags['drop-old'], json: flags.json }, context)
  } finally {
    await client.end().catch(() => undefined)
  }
}

async function connect(client: pg.Client): Promise<void> {
  await client.connect().catch((error: Error) => {
    throw new Error(`the database is unreachable: ${error.message}`, { cause: error })
  })
  if ((await schemaStatus(client)) !== 'ready') {
    throw new Error('the database has no tables, or older ones; bring it up to date with: npm run migrate')
  }
}

async function survey(client: pg.Client, json: boolean, { stdout }: ProgramContext): Promise<number> {
  const found = await surveyMove(client)
  printLine(stdout, json ? JSON.stringify(found) : wordsOfSurvey(found))
  return found.storage === 'postgresql' && (found.extension === 'absent' || found.obstacles.length > 0) ? 1 : 0
}

function wordsOfSurvey({ storage, extension, rows, bytes, partitions, obstacles }: MoveSurvey): string {
  if (storage !== 'postgresql') return `The history is already a hypertable (${storage}); nothing to do.`
  const megabytes = Math.ceil(bytes / 1e6)
  const lines = [
    `The history has about ${rows} events in ${partitions} partitions, ${megabytes} MB; about as much free space is needed.`,
  ]
  if (extension === 'absent') lines.push('This server has no TimescaleDB: install it first.')
  else if (extension === 'available') lines.push('TimescaleDB is installed; the extension would be created.')
  else lines.push('TimescaleDB is installed, and the extension exists.')
  if (obstacles.length === 0) lines.push('Nothing blocks the move.')
  else lines.push('Blocking the move:', ...obstacles.map((obstacle) => `- ${obstacle}`))
  return lines.join('\n')
}

async function move(
  client: pg.Client,
  databaseUrl: string,
  { dropOld, json }: { readonly dropOld: boolean; readonly json: boolean },
  { stdout, stderr }: ProgramContext,
): Promise<number> {
  const progress = progressOn(stderr)('copying')
  const options: MoveOptions = {
    createExtension: () => createTimescale(databaseUrl),
    dropOld,
    onCopied: progress.to,
    onExchange: () => {
      progress.stop()
      printLine(stderr, 'exchanging the tables; persisters wait')
    },
  }
  try {
    const moved = await moveToTimescale(client, options)
    printLine(stdout, json ? JSON.stringify(moved) : wordsOfMove(moved))
    return 0
  } finally {
    progress.stop()
  }
}

function wordsOfMove(moved: Moved): string {
  if (moved.kind === 'nothing-to-do') return `The history is already a hypertable (${moved.storage}); nothing to do.`
  const { rows, copied, storage, old } = moved
  const done = `Moved ${rows} events (${copied} copied now) into a hypertable (${storage}); each was compared.`
  return old === null ? done : `${done}\nThe partitions are kept. After checking the result: DROP TABLE ${old}`
}
