import type { ClientBase } from 'pg'

const KEY = `hashtextextended('drawbridge maintenance', 0)`

/**
 * Takes the lock of those who make and drop parts of the history: one at a time does.
 * It is held until the connection ends.
 * @returns false where somebody else has it.
 */
export async function tryMaintenanceLock(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ taken: boolean }>(`SELECT pg_try_advisory_lock(${KEY}) AS taken`)
  return rows[0]?.taken === true
}

/** Takes the same lock until the transaction ends; waits for as long as it takes. */
export async function maintenanceLockOfTransaction(client: ClientBase): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(${KEY})`)
}
