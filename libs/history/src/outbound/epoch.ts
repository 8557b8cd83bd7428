import { streams } from '@drawbridge/contracts'
import { databaseAddress, type KnownLog, type Logger } from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import pg, { type ClientBase } from 'pg'
import type { Step } from './copy-transaction.ts'

/** Creation time of the log that the tables are bound to; null: to none. */
export async function boundTo(client: ClientBase, lock = false): Promise<string | null> {
  const { rows } = await client.query<{ created: string }>(
    `SELECT created FROM risk_log_epoch WHERE stream = $1${lock ? ' FOR UPDATE' : ''}`,
    [streams.risk],
  )
  return rows[0]?.created ?? null
}

const CLAIM = `WITH claimed AS (
  INSERT INTO risk_log_epoch (stream, created) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING created
)
SELECT created FROM claimed UNION ALL SELECT created FROM risk_log_epoch WHERE stream = $1`

/**
 * Binds the tables to the log of this creation time if they are bound to none yet.
 * @returns creation time of the log that they are bound to.
 */
export async function claimEpoch(client: ClientBase, created: string): Promise<string> {
  const { rows } = await client.query<{ created: string }>(CLAIM, [streams.risk, created])
  // Another replica's claim may have been made after this statement began to look.
  return rows[0]?.created ?? (await boundTo(client)) ?? created
}

/**
 * Lets a transaction through only while the tables are bound to this log, and keeps them bound to it until its end. A batch
 * that was held up, while the log was lost and another one adopted, would else be stored beside what was decided since.
 */
export function holdEpoch(created: string): Step {
  const [streamText, createdText] = [literal(streams.risk), literal(created)]
  return {
    sql: `DO $hold$ BEGIN
      PERFORM FROM risk_log_epoch WHERE stream = ${streamText} AND created = ${createdText} FOR SHARE;
      IF NOT FOUND THEN
        RAISE EXCEPTION 'the tables are no longer bound to the stream % created at %', ${streamText}, ${createdText}
          USING ERRCODE = 'DB001';
      END IF;
    END $hold$`,
  }
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** The tables belong to another stream: going on would mix two histories. Needs an operator. */
export class OtherEpochError extends Error {
  override readonly name = 'OtherEpochError'
  readonly recoverable = false

  constructor(ours: string, theirs: string) {
    super(
      `stream ${streams.risk} was created at ${ours}, but this database holds the history of the one created at ${theirs}: ` +
        'the stream was deleted and made again, or this is the database of another NATS server. ' +
        'Restore the stream from its backup, or have it go on where the history ends: npm run drawbridge -- adopt-log; or ' +
        'use the settings NATS_URL and DATABASE_URL that belong together, or give this log an empty database (npm run ' +
        'migrate). To give up the old history for good, empty the tables: ' +
        'TRUNCATE risk_state, risk_limit_state, risk_state_history, risk_config_history, risk_log_epoch',
    )
  }
}

/** What to do if a risk log replaces one that was lost. */
export const ADOPT =
  'RISK is new, but inputs or the history are older: it replaces a log that was lost, and guardians do not use it ' +
  'until it is adopted. Read docs/recovery.md, then: npm run drawbridge -- adopt-log --by <who> --reason <why>'

const ANSWERS_WITHIN_MS = 3_000
const NO_SUCH_TABLE = '42P01'

/**
 * Creation time of the risk log whose history the database holds; null if it holds none, or is unavailable, which is
 * logged.
 */
export function knownLogOf(config: Config, log: Logger, say: (line: string) => void): KnownLog {
  return async () => {
    const client = new pg.Client({
      connectionString: databaseAddress(config, log)(),
      application_name: 'drawbridge provision',
      connectionTimeoutMillis: ANSWERS_WITHIN_MS,
      query_timeout: ANSWERS_WITHIN_MS,
    })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return await boundTo(client)
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === NO_SUCH_TABLE) return null
      const reason = error instanceof Error ? error.message : String(error)
      say(`Cannot check whether the database holds the history of another risk log: ${reason}`)
      return null
    } finally {
      await client.end().catch(() => undefined)
    }
  }
}
