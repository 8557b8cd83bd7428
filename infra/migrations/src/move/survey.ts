import type { ClientBase } from 'pg'
import { HISTORY_PARTITIONS } from '../partitions.ts'
import { detectStorage, type Storage } from '../storage.ts'
import { OLD } from './names.ts'

/** What a move to TimescaleDB has before it. */
export interface MoveSurvey {
  readonly storage: Storage
  /** Of TimescaleDB: created in this database; can be created; the server does not have it. */
  readonly extension: 'created' | 'available' | 'absent'
  /** As the database guesses it. */
  readonly rows: number
  /** On disk, indexes included. About as much is needed in addition. */
  readonly bytes: number
  readonly partitions: number
  /** What has to be put out of the way before; empty: nothing. */
  readonly obstacles: readonly string[]
}

const SIZE = `
  SELECT
    coalesce(sum(greatest(reltuples, 0)), 0)::float8 AS rows,
    coalesce(sum(pg_total_relation_size(relid)), 0)::float8 AS bytes,
    count(*)::int AS partitions
  FROM pg_partition_tree('risk_state_history') JOIN pg_class ON oid = relid WHERE isleaf AND level > 0`

const EXTENSION = `
  SELECT CASE
    WHEN EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') THEN 'created'
    WHEN EXISTS (SELECT FROM pg_available_extensions WHERE name = 'timescaledb') THEN 'available'
    ELSE 'absent'
  END AS extension`

/** What is bound to the table itself and cannot be bound to another one without knowing what it is for. */
const OBSTACLES = `
  SELECT format('the trigger %I: drop it, and create it again afterwards', tgname) AS obstacle
  FROM pg_trigger WHERE tgrelid = 'risk_state_history'::regclass AND NOT tgisinternal
  UNION ALL
  SELECT format('the policy %I: drop it, and create it again afterwards', polname)
  FROM pg_policy WHERE polrelid = 'risk_state_history'::regclass
  UNION ALL
  SELECT format('the publication %I: take the table out of it; a hypertable cannot be published as a whole', pubname)
  FROM pg_publication_rel JOIN pg_publication ON pg_publication.oid = prpubid
  WHERE prrelid = 'risk_state_history'::regclass
  UNION ALL
  SELECT format('the foreign key %I of %s: drop it; it cannot point to a hypertable', conname, conrelid::regclass)
  FROM pg_constraint WHERE confrelid = 'risk_state_history'::regclass AND conparentid = 0
  UNION ALL
  SELECT format('the materialized view %s: drop it, and create it again afterwards', relation.oid::regclass)
  FROM (
    SELECT DISTINCT ev_class FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid
    WHERE classid = 'pg_rewrite'::regclass AND refobjid = 'risk_state_history'::regclass
  ) AS dependent
  JOIN pg_class AS relation ON relation.oid = ev_class
  WHERE relkind = 'm'
  UNION ALL
  SELECT format('the function %s: drop it, and create it again afterwards', objid::regprocedure)
  FROM pg_depend
  WHERE classid = 'pg_proc'::regclass AND refobjid = 'risk_state_history'::regclass
  UNION ALL
  SELECT format('the partition %s: it has no beginning or no end in time; make partitions of months of it', name)
  FROM (${HISTORY_PARTITIONS}) AS part WHERE begins IS NULL OR ends IS NULL
  UNION ALL
  SELECT '${OLD}: it is there already; rename or drop it' WHERE to_regclass('${OLD}') IS NOT NULL`

/** Looks and changes nothing. @throws what the database refuses. */
export async function surveyMove(client: ClientBase): Promise<MoveSurvey> {
  const storage = await detectStorage(client)
  const extension = (await client.query<Pick<MoveSurvey, 'extension'>>(EXTENSION)).rows[0]?.extension ?? 'absent'
  const [size] = (await client.query<Pick<MoveSurvey, 'rows' | 'bytes' | 'partitions'>>(SIZE)).rows
  const obstacles = storage === 'postgresql' ? (await client.query<{ obstacle: string }>(OBSTACLES)).rows : []
  return {
    storage,
    extension,
    rows: size?.rows ?? 0,
    bytes: size?.bytes ?? 0,
    partitions: size?.partitions ?? 0,
    obstacles: obstacles.map((row) => row.obstacle),
  }
}
