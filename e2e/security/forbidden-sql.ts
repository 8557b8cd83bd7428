import type { DatabaseUser } from './secured-database.ts'

/** What somebody tries in the database, and must not succeed with. */
export interface ForbiddenSql {
  readonly user: DatabaseUser
  readonly what: string
  readonly sql: string
}

const EVENT = `INSERT INTO risk_state_history (trader_id, version, recorded_at, effective_at, event_type, stream_seq, input_seq,
  trading_paused, config_version, rules_version, enforced)
  VALUES ('bot1', 99, now(), now(), 'assessed', 99, 99, false, 0, 1, true)`

/** Tries something with one of the partitions or chunks of the history. */
const onAPart = (statement: string): string =>
  `DO $$ BEGIN EXECUTE format('${statement}', (
     SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'risk_state_history'::regclass LIMIT 1
   )); END $$`

const HISTORY: readonly (readonly [what: string, sql: string])[] = [
  ['changes an event of the history', "UPDATE risk_state_history SET reason = 'never mind'"],
  ['deletes from the history', 'DELETE FROM risk_state_history'],
  ['changes a part of the history', onAPart("UPDATE %s SET reason = ''never mind''")],
  ['deletes from a part of the history', onAPart('DELETE FROM %s')],
  ['drops a part of the history by hand', onAPart('DROP TABLE %s')],
  ['truncates the history', 'TRUNCATE risk_state_history'],
  ['drops the history', 'DROP TABLE risk_state_history CASCADE'],
  ['renames the history', 'ALTER TABLE risk_state_history RENAME TO gone'],
  ['adds a column to the history', 'ALTER TABLE risk_state_history ADD COLUMN more text'],
  ['takes the history for its own', 'ALTER TABLE risk_state_history OWNER TO CURRENT_USER'],
  [
    'hangs a trigger on the history',
    'CREATE TRIGGER mine BEFORE INSERT ON risk_state_history FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
  ],
  ['makes a rule for the history', 'CREATE RULE mine AS ON INSERT TO risk_state_history DO INSTEAD NOTHING'],
  ['deletes the state of a trader', 'DELETE FROM risk_state'],
  ['truncates the state', 'TRUNCATE risk_state'],
  ['truncates the limits', 'TRUNCATE risk_limit_state'],
  ['changes a block', 'UPDATE risk_history_block SET low = 0'],
  ['changes a configuration', "UPDATE risk_config_history SET reason = 'never mind'"],
  ['deletes configurations', 'DELETE FROM risk_config_history'],
  ['deletes the state at the cut', 'DELETE FROM risk_state_at_cut'],
  ['binds the tables to another log', "UPDATE risk_log_epoch SET created = 'x'"],
  ['unbinds the tables', 'DELETE FROM risk_log_epoch'],
  ['writes an adoption', "INSERT INTO risk_log_adoption VALUES ('RISK', 'x', null, 'x', 0, 0, 'me', 'because')"],
  ['moves the cut by hand', 'UPDATE risk_retention SET kept_from = now()'],
  ['marks migrations as done', 'DELETE FROM drizzle.__drizzle_migrations'],
  ['makes a table in the schema', 'CREATE TABLE mine (id int)'],
  ['makes a function in the schema', "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'"],
  ['makes a role', 'CREATE ROLE mine LOGIN SUPERUSER'],
  ['joins the group that gives up history', 'GRANT drawbridge_retention TO CURRENT_USER'],
  ['becomes a superuser', 'SET ROLE postgres'],
  ['runs a program on the server', "COPY (SELECT 1) TO PROGRAM 'true'"],
  ['reads a file of the server', "SELECT pg_read_file('PG_VERSION')"],
  ['reads passwords', 'SELECT * FROM pg_authid'],
]

const CUT: readonly (readonly [what: string, sql: string])[] = [
  ['gives up all history but a day', 'SELECT risk_move_history_cut(1)'],
  [
    'drops a part of the history',
    "SELECT risk_drop_history_part('risk_state_history', '2000-01-01 00:00:00+00', '2000-02-01 00:00:00+00')",
  ],
]

const of = (user: DatabaseUser, tries: typeof HISTORY): readonly ForbiddenSql[] =>
  tries.map(([what, sql]) => ({ user, what, sql }))

export const FORBIDDEN_SQL: readonly ForbiddenSql[] = [
  ...of('reader', HISTORY),
  ...of('reader', CUT),
  ...of('reader', [
    ['adds an event', EVENT],
    ['changes a state', 'UPDATE risk_state SET trading_paused = false'],
    ['changes a limit', 'UPDATE risk_limit_state SET line = 0'],
    ['deletes a limit', 'DELETE FROM risk_limit_state'],
    ['deletes blocks', 'DELETE FROM risk_history_block'],
    ['makes a partition', "SELECT risk_create_history_partition('2030-01')"],
    ['says that the history was looked after', 'UPDATE risk_retention SET maintained_at = now()'],
  ]),
  ...of('writer', HISTORY),
  ...of('writer', CUT),
  ...of('keeper', HISTORY),
  ...of('keeper', [
    ['gives up today', 'SELECT risk_move_history_cut(0)'],
    [
      'drops a part that is still kept',
      `SELECT risk_drop_history_part(part, begins, ends) FROM (
         SELECT inhrelid::regclass AS part, date_trunc('month', now()) AS begins,
           date_trunc('month', now()) + interval '1 month' AS ends
         FROM pg_inherits WHERE inhparent = 'risk_state_history'::regclass LIMIT 1
       ) AS parts`,
    ],
    ['drops a table that is no part', "SELECT risk_drop_history_part('risk_state', '-infinity', '-infinity')"],
    ['drops a catalog', "SELECT risk_drop_history_part('pg_class', '-infinity', '-infinity')"],
  ]),
]
