import type { ClientBase } from 'pg'

/** A view that reads the history. */
export interface BoundView {
  /** Qualified and quoted. */
  readonly name: string
  readonly definition: string
  /** `security_barrier=true`, ...; null: it has none. */
  readonly options: string | null
}

const VIEWS = `
  SELECT view.oid::regclass::text AS name, pg_get_viewdef(view.oid) AS definition, array_to_string(reloptions, ', ') AS options
  FROM (
    SELECT DISTINCT ev_class FROM pg_depend JOIN pg_rewrite ON pg_rewrite.oid = objid
    WHERE classid = 'pg_rewrite'::regclass AND refobjid = 'risk_state_history'::regclass
  ) AS dependent
  JOIN pg_class AS view ON view.oid = ev_class
  WHERE relkind = 'v'
  ORDER BY name`

/** Views are bound to the table, not to its name; to be read before the table gets another one. */
export async function boundViews(client: ClientBase): Promise<readonly BoundView[]> {
  return (await client.query<BoundView>(VIEWS)).rows
}

/** Binds views to the table that has the name now. Their rights, and what is built on them, stay. */
export async function bindViews(client: ClientBase, views: readonly BoundView[]): Promise<void> {
  for (const { name, definition, options } of views) {
    await client.query(`CREATE OR REPLACE VIEW ${name} ${options === null ? '' : `WITH (${options})`} AS ${definition}`)
  }
}
