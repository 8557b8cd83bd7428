import { infrastructure } from '@drawbridge/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { query } from './history.ts'
import { FORBIDDEN_SQL } from './security/forbidden-sql.ts'
import { createSecuredDatabase, type SecuredDatabase } from './security/secured-database.ts'

/** TimescaleDB refuses rules of a hypertable to everybody, before anybody's rights are looked at. */
const NO_RULES = { code: '0A000', message: 'hypertables do not support rules' }
const isRuleOfHypertable = (sql: string) => infrastructure().timescale !== 'none' && sql.startsWith('CREATE RULE')

describe('what a user of the database must not do', () => {
  let database: SecuredDatabase
  const clients = new Map<string, pg.Client>()
  const as = (user: string): pg.Client => clients.get(user) ?? expect.fail(`${user} is not connected`)

  beforeAll(async () => {
    database = await createSecuredDatabase()
    const urls = {
      reader: database.urlOf('reader'),
      writer: database.urlOf('writer'),
      keeper: database.urlOf('keeper'),
    }
    for (const [user, url] of Object.entries({ ...urls, admin: database.adminUrl })) {
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      clients.set(user, client)
    }
    await query(
      database.urlOf('writer'),
      `WITH event AS (
         INSERT INTO risk_state_history (trader_id, version, recorded_at, effective_at, event_type, stream_seq, input_seq,
           trading_paused, config_version, rules_version, enforced)
         VALUES ('bot1', 1, now(), now(), 'breach', 1, 1, true, 0, 1, true) RETURNING *)
       INSERT INTO risk_state SELECT * FROM event`,
    )
    await query(
      database.urlOf('writer'),
      `INSERT INTO risk_limit_state (trader_id, limit_name, measure, active, version, recorded_at, effective_at, stream_seq)
       VALUES ('bot1', 'max_drawdown', 'loss', true, 1, now(), now(), 1)`,
    )
    await query(database.urlOf('writer'), "INSERT INTO risk_log_epoch (stream, created) VALUES ('RISK', 'then')")
  })
  afterAll(async () => {
    for (const client of clients.values()) await client.end()
    await database?.drop()
  })

  /** All that an attempt could change, as text. */
  async function everything(): Promise<string> {
    const { rows } = await as('admin').query(
      `SELECT (SELECT jsonb_agg(h) FROM risk_state_history h) AS history, (SELECT jsonb_agg(s) FROM risk_state s) AS state,
         (SELECT jsonb_agg(r) FROM risk_retention r) AS retention, (SELECT jsonb_agg(e) FROM risk_log_epoch e) AS epoch,
         (SELECT jsonb_agg(l) FROM risk_limit_state l) AS limits,
         (SELECT count(*) FROM risk_log_adoption) AS adoptions, (SELECT count(*) FROM risk_state_at_cut) AS cut,
         (SELECT count(*) FROM drizzle.__drizzle_migrations) AS migrations,
         (SELECT jsonb_agg(relname ORDER BY relname) FROM pg_class WHERE relnamespace = 'public'::regnamespace) AS relations`,
    )
    return JSON.stringify(rows)
  }

  test.for(FORBIDDEN_SQL)('$user $what: refused', async ({ user, sql }) => {
    const before = await everything()
    // The codes of a right that lacks, and of what our own functions refuse; a typo in the table has another.
    const refusal = { code: expect.stringMatching(/^(42501|P0001)$/) }
    await expect(as(user).query(sql)).rejects.toMatchObject(isRuleOfHypertable(sql) ? NO_RULES : refusal)
    expect(await everything()).toBe(before)
  })

  test('a temporary table of a writer cannot stand in for one of ours', async () => {
    const client = new pg.Client({ connectionString: database.urlOf('keeper') })
    await client.connect()
    try {
      await client.query(
        "CREATE TEMP TABLE risk_retention AS SELECT true AS only, 'infinity'::timestamptz AS kept_from",
      )
      const dropped = client.query(
        `SELECT risk_drop_history_part(inhrelid::regclass, date_trunc('month', now(), 'UTC'),
           date_trunc('month', now(), 'UTC') + interval '1 month')
         FROM pg_inherits WHERE inhparent = 'public.risk_state_history'::regclass`,
      )
      await expect(dropped).rejects.toMatchObject({ code: 'P0001' })
    } finally {
      await client.end()
    }
  })

  test('a user without a password, or with a wrong one, does not get in', async () => {
    for (const password of ['', 'wrong']) {
      const url = new URL(database.urlOf('reader'))
      url.password = password
      const client = new pg.Client({ connectionString: url.href })
      await expect(client.connect()).rejects.toThrow(/password|SASL/)
      // One that the server still waits for would hold up whoever drops a database.
      await client.end()
    }
  })
})
