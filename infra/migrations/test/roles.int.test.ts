import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { freePort, type PrivateServer, startPrivatePostgres } from '@drawbridge/dev-stack'
import { runProgram } from '@drawbridge/service-kit/program'
import { callProgram } from '@drawbridge/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DATABASE_ROLES } from '../src/index.ts'
import { migrateProgram } from '../src/program.ts'

let dataDir: string
/** A server of its own: roles belong to a server, and the other tests' server has them already. */
let server: PrivateServer
let admin: pg.Client

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-roles-'))
  server = await startPrivatePostgres({ dataDir, port: await freePort() })
  admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  await admin.query("CREATE ROLE migrator LOGIN PASSWORD 'secret'")
  await admin.query('ALTER DATABASE drawbridge OWNER TO migrator')
}, 120_000)
afterAll(async () => {
  await admin?.end()
  await server?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

/** Runs `npm run migrate` as the migrator. @returns the SQL that it says somebody else is to run; null: there is none */
async function migrateAsMigrator(): Promise<string | null> {
  const url = new URL(server.url)
  url.username = 'migrator'
  url.password = 'secret'
  const migrateIt = callProgram((context) => runProgram(migrateProgram, [], context), { DATABASE_URL: url.href })
  const { code, stdout, stderr } = await migrateIt
  expect(code, stdout + stderr).toBe(0)
  const lines = stdout.split('\n').filter((line) => line !== '')
  const found = lines.map((line) => JSON.parse(line) as { readonly sql?: string }).find(({ sql }) => sql !== undefined)
  return found?.sql ?? null
}

const mayInsert = async () => {
  const sql = "SELECT has_table_privilege($1, 'risk_state_history', 'INSERT') AS may"
  return (await admin.query<{ may: boolean }>(sql, [DATABASE_ROLES.writer])).rows[0]?.may
}

test('a migrator that may not make groups makes the tables, and says what makes the groups; then it gives them their rights', async () => {
  const sql = await migrateAsMigrator()
  expect((await admin.query("SELECT to_regclass('risk_state_history') AS history")).rows[0]?.history).not.toBeNull()
  expect((await admin.query("SELECT FROM pg_roles WHERE rolname LIKE 'drawbridge%'")).rows).toEqual([])

  await admin.query(sql ?? '')
  expect(await migrateAsMigrator()).toBeNull()

  expect(await mayInsert()).toBe(true)
})
