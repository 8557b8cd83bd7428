import { migrate } from '@drawbridge/migrations'
import { startPersister } from '@drawbridge/persister'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, infrastructure, startHere, type TestDatabase } from '@drawbridge/testing'

/** A database with tables, and a function that starts a persister, once there are streams. Call `drop` at the end. */
export async function writtenHistory(): Promise<TestDatabase & { readonly write: () => Promise<void> }> {
  const database = await createDatabase()
  await migrate(database.url, createLogger('test', 'silent'))
  const write = async () => {
    await startHere(startPersister, { NATS_URL: infrastructure().natsUrl, DATABASE_URL: database.url })
  }
  return { ...database, write }
}
