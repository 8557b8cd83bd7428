import { streams } from '@drawbridge/contracts'
import { boundTo } from '@drawbridge/history'
import { inTransaction } from '@drawbridge/service-kit'
import type { ClientBase } from 'pg'

/** One time that an operator bound the tables to another log: a row of the table `risk_log_adoption`. */
export interface Adoption {
  /** Creation time of the log that was adopted. */
  readonly created: string
  /** Creation time of the previous log; null: the tables were empty. */
  readonly previous: string | null
  readonly inputsCreated: string
  /** The sequence of an input is that of the stream plus this. */
  readonly inputsOffset: number
  /** Guardians judge the inputs after this one. */
  readonly settled: number
  readonly by: string
  readonly reason: string
  readonly begunAt: Date
  /** Null: it is not finished. */
  readonly finishedAt: Date | null
}

export type NewAdoption = Omit<Adoption, 'begunAt' | 'finishedAt'>
/** Who adopts, and why. */
export type Author = Pick<Adoption, 'by' | 'reason'>

/** The last one first. */
export async function readAdoptions(client: ClientBase): Promise<readonly Adoption[]> {
  const { rows } = await client.query<Adoption & { readonly inputsOffset: string; readonly settled: string }>(
    `SELECT created, previous, inputs_created AS "inputsCreated", inputs_offset AS "inputsOffset", settled, "by", reason,
       begun_at AS "begunAt", finished_at AS "finishedAt"
     FROM risk_log_adoption WHERE stream = $1 ORDER BY begun_at DESC`,
    [streams.risk],
  )
  return rows.map((row) => ({ ...row, inputsOffset: Number(row.inputsOffset), settled: Number(row.settled) }))
}

/** Creation times of the logs that a log continues, the last one first. */
export function continued(created: string, adoptions: readonly Adoption[]): readonly string[] {
  const logs: string[] = []
  let log = previousOf(created, adoptions)
  while (log !== null && !logs.includes(log)) {
    logs.push(log)
    log = previousOf(log, adoptions)
  }
  return logs
}

function previousOf(log: string, adoptions: readonly Adoption[]): string | null {
  return adoptions.find(({ created }) => created === log)?.previous ?? null
}

/** What the tables are bound to while a log is being adopted: no persister takes it for its own. */
function adopting(created: string): string {
  return `adopting ${created}`
}

/** Creation time of the log that is being adopted; null: the tables are bound to no such log. */
export function beingAdopted(bound: string | null): string | null {
  const start = adopting('')
  return bound?.startsWith(start) === true ? bound.slice(start.length) : null
}

/**
 * Releases the tables from their log, in one transaction: after it no persister stores anything.
 * @param decide called while a lock keeps persisters away: from then on the content of the tables does not change
 */
export async function takeTables(
  client: ClientBase,
  expected: string | null,
  decide: () => Promise<NewAdoption>,
): Promise<Adoption> {
  return inTransaction(client, async () => {
    if (expected === null) await client.query('LOCK TABLE risk_log_epoch IN EXCLUSIVE MODE')
    const bound = await boundTo(client, true)
    if (bound !== expected) {
      throw new Error(`the database was bound to another log meanwhile: ${bound}. Run it again`)
    }
    const { created, previous, inputsCreated, inputsOffset, settled, by, reason } = await decide()
    const { rows } = await client.query<{ begunAt: Date }>(
      `INSERT INTO risk_log_adoption (stream, created, previous, inputs_created, inputs_offset, settled, "by", reason)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING begun_at AS "begunAt"`,
      [streams.risk, created, previous, inputsCreated, inputsOffset, settled, by, reason],
    )
    await client.query(
      `INSERT INTO risk_log_epoch (stream, created) VALUES ($1, $2)
       ON CONFLICT (stream) DO UPDATE SET created = EXCLUDED.created, updated_at = now()`,
      [streams.risk, adopting(created)],
    )
    const begunAt = rows[0]?.begunAt ?? new Date()
    return { created, previous, inputsCreated, inputsOffset, settled, by, reason, begunAt, finishedAt: null }
  })
}

/** Binds the tables to the adopted log; its persisters begin. Safe to repeat. */
export async function bindTables(client: ClientBase, created: string): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(
      'UPDATE risk_log_epoch SET created = $2, updated_at = now() WHERE stream = $1 AND created = $3',
      [streams.risk, created, adopting(created)],
    )
    await client.query(
      'UPDATE risk_log_adoption SET finished_at = now() WHERE stream = $1 AND created = $2 AND finished_at IS NULL',
      [streams.risk, created],
    )
  })
}
