import { readFileSync } from 'node:fs'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabaseOn, infrastructure } from '@drawbridge/testing'
import pg from 'pg'
import { expect, test } from 'vitest'
import { createHistoryPartitions, detectStorage, migrate } from '../src/index.ts'

const page = readFileSync(new URL('../../../docs/operating.md', import.meta.url), 'utf8')
const [, copy = ''] = /```sh\n( *psql "\$NEW_DATABASE_URL".*?)```/s.exec(page) ?? []

/** So the history is kept as plain PostgreSQL does, on a server that has TimescaleDB too. */
const REFUSE_EXTENSIONS = `
  CREATE FUNCTION refuse() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no extensions here''; END';
  CREATE EVENT TRIGGER refuse_extensions ON ddl_command_start WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION refuse()`

const FILL = `
  INSERT INTO risk_state_history (trader_id, version, recorded_at, effective_at, current_equity, drawdown_pct, detail,
    event_type, stream_seq, input_seq, trading_paused, config_version, rules_version, enforced)
  SELECT trader, version, at, at, 1000 + version / 10.0, 1.5, '{"facts": []}', 'assessed', version, version, false, 0, 1, true
  FROM unnest(ARRAY['bot1', 'bot2']) AS trader, generate_series(1, 1000) AS version,
    LATERAL (SELECT TIMESTAMPTZ '2026-01-01 00:00:00+00' + version * INTERVAL '1 hour' AS at) AS time;
  INSERT INTO risk_state SELECT DISTINCT ON (trader_id) * FROM risk_state_history ORDER BY trader_id, version DESC;
  INSERT INTO risk_limit_state (trader_id, limit_name, measure, active, version, recorded_at, effective_at, stream_seq)
  VALUES ('bot1', 'max_drawdown', 'loss', true, 1000, now(), now(), 1000);
  INSERT INTO risk_config_history (kind, input_seq, stream_seq, recorded_at, detail) VALUES ('flags', 1, 1, now(), '{}');
  INSERT INTO risk_log_epoch (stream, created) VALUES ('RISK', 'now');
  INSERT INTO risk_log_adoption (stream, created, previous, inputs_created, inputs_offset, settled, "by", reason)
  VALUES ('RISK', 'now', 'before', 'then', 0, 1, 'ada', 'lost');
  UPDATE risk_retention SET kept_from = '2026-01-01'`

const TABLES = [
  'state_history',
  'state',
  'limit_state',
  'config_history',
  'log_epoch',
  'log_adoption',
  'retention',
  'daily_pnl',
]
const DIGESTS = [...TABLES, 'equity_1d']
  .map((name) => `SELECT '${name}' AS name, count(*), sum(hashtextextended(it::text, 0)) FROM risk_${name} AS it`)
  .join(' UNION ALL ')

test.skipIf(infrastructure().kind !== 'docker')(
  'the commands of the page take a history in partitions into a hypertable, row for row',
  async () => {
    const { databaseContainer, DATABASE_PASSWORD } = await import('@drawbridge/testing/docker-servers')
    const container = await databaseContainer().start()
    const clients: pg.Client[] = []
    const open = async (prepare: string) => {
      const admin = `postgres://postgres:${DATABASE_PASSWORD}@${container.getHost()}:${container.getMappedPort(5432)}/postgres`
      const { url } = await createDatabaseOn(admin)
      const client = new pg.Client({ connectionString: url })
      clients.push(client)
      await client.connect()
      await client.query(prepare)
      await migrate(url, createLogger('test', 'silent'))
      return { client, inside: `postgres://postgres@/${new URL(url).pathname.slice(1)}` }
    }
    try {
      const plain = await open(REFUSE_EXTENSIONS)
      await createHistoryPartitions(plain.client, ['2026-01', '2026-02'])
      await plain.client.query(FILL)
      const hyper = await open('')
      expect(await detectStorage(plain.client)).toBe('postgresql')
      expect(await detectStorage(hyper.client)).toMatch(/^timescaledb/)

      const environment = { DATABASE_URL: plain.inside, NEW_DATABASE_URL: hyper.inside }
      const copied = await container.exec(['sh', '-c', copy], { env: environment })

      expect(copied).toMatchObject({ exitCode: 0, stderr: '' })
      const { rows } = await hyper.client.query(DIGESTS)
      expect(rows).toEqual((await plain.client.query(DIGESTS)).rows)
      expect(rows.find(({ name }) => name === 'state_history')).toMatchObject({ count: '2000' })
    } finally {
      for (const client of clients) await client.end()
      await container.stop({ remove: true, removeVolumes: true })
    }
  },
)
