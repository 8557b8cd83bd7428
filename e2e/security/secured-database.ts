import { randomBytes } from 'node:crypto'
import { DATABASE_ROLES, migrate } from '@drawbridge/migrations'
import { createLogger } from '@drawbridge/service-kit'
import { createDatabase, infrastructure } from '@drawbridge/testing'
import pg from 'pg'

/** Who logs in: the owner of the tables, a persister without and with a retention, and somebody who reads. */
export type DatabaseUser = 'migrator' | 'writer' | 'keeper' | 'reader'

const GROUPS: Readonly<Record<DatabaseUser, readonly string[]>> = {
  migrator: [],
  writer: [DATABASE_ROLES.writer],
  keeper: [DATABASE_ROLES.writer, DATABASE_ROLES.retention],
  reader: [DATABASE_ROLES.reader],
}

/** A migrated database that belongs to a migrator without further rights on the server, with a user of each kind. */
export interface SecuredDatabase {
  readonly urlOf: (user: DatabaseUser) => string
  /** Address with a superuser. */
  readonly adminUrl: string
  readonly drop: () => Promise<void>
}

/** Makes one, on the server of this run. */
export async function createSecuredDatabase(): Promise<SecuredDatabase> {
  const database = await createDatabase()
  const name = new URL(database.url).pathname.slice(1)
  const password = randomBytes(12).toString('hex')
  const nameOf = (user: DatabaseUser) => `${name}_${user}`
  const urlOf = (user: DatabaseUser) => {
    const url = new URL(database.url)
    url.username = nameOf(user)
    url.password = password
    return url.href
  }
  const login = (user: DatabaseUser) => `CREATE ROLE ${nameOf(user)} LOGIN PASSWORD '${password}'`
  await runAll(database.url, [
    `${login('migrator')} CREATEROLE`,
    `ALTER DATABASE ${name} OWNER TO ${nameOf('migrator')}`,
    ...(infrastructure().timescale === 'none' ? [] : ['CREATE EXTENSION IF NOT EXISTS timescaledb']),
  ])
  await migrate(urlOf('migrator'), createLogger('test', 'silent'))
  await runAll(
    database.url,
    (['writer', 'keeper', 'reader'] as const).map((user) => `${login(user)} IN ROLE ${GROUPS[user].join(', ')}`),
  )
  return {
    urlOf,
    adminUrl: database.url,
    drop: async () => {
      await database.drop()
      const users = Object.keys(GROUPS) as readonly DatabaseUser[]
      await runAll(
        infrastructure().databaseUrl,
        users.map((user) => `DROP ROLE IF EXISTS ${nameOf(user)}`),
      )
    },
  }
}

async function runAll(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}
