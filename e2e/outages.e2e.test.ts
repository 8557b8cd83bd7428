import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import {
  createDatabase,
  createDatabaseOn,
  type DatabaseServer,
  eventually,
  infrastructure,
  startDatabaseServer,
  TcpProxy,
} from '@drawbridge/test-kit'
import { afterEach, describe, expect, test } from 'vitest'
import { metricOf } from './faults/metric-of.ts'
import { query } from './history.ts'
import { CommitCutter } from './outages/commit-cutter.ts'
import { startSystem, survive } from './outages/outage.ts'
import { createSmallDatabase, fillDisk, makeRoom } from './outages/small-disk.ts'

const AWAY = /^database: the database says: .*(ECONNREFUSED|ECONNRESET|terminated|57P0)/

const { timescale } = infrastructure()
const edition = timescale === 'none' ? 'PostgreSQL without TimescaleDB' : `TimescaleDB, ${timescale} edition,`

test(`${edition} that cannot be reached for a while holds up nobody and loses nothing`, async () => {
  const database = await createDatabase()
  const way = await TcpProxy.to(database.url)
  await using system = await startSystem({ database, env: { DATABASE_URL: way.url } })
  await survive(system, { begin: () => way.cut(), reason: AWAY, end: () => way.restore() })
  await way.cut()
})

describe('a database server', () => {
  let server: DatabaseServer | null = null
  afterEach(async () => {
    await server?.close()
    server = null
  })

  async function startServer(): Promise<DatabaseServer> {
    server = await startDatabaseServer()
    return server
  }

  test('may be killed and started again', async () => {
    const { url, kill, start } = await startServer()
    await using system = await startSystem({ database: await createDatabaseOn(url) })
    await survive(system, { begin: kill, reason: AWAY, end: start })
  })

  test('may be stopped and started again, with a persister that is started meanwhile', async () => {
    const { url, stop, start } = await startServer()
    await using system = await startSystem({ database: await createDatabaseOn(url) })
    const begin = async () => {
      await stop()
      system.persister?.process.kill('SIGKILL')
      await system.persister?.process.exited
      system.persister?.restart()
    }
    await survive(system, { begin, reason: /ECONNREFUSED/, end: start })
  })

  test('may be set to read only', async () => {
    const { url } = await startServer()
    await using system = await startSystem({ database: await createDatabaseOn(url) })
    const begin = async () => {
      await query(url, 'ALTER SYSTEM SET default_transaction_read_only = on')
      await query(url, 'SELECT pg_reload_conf()')
    }
    const end = async () => {
      await query(url, 'ALTER SYSTEM RESET default_transaction_read_only')
      await query(url, 'SELECT pg_reload_conf()')
    }
    await survive(system, { begin, reason: /^database: .*\(25006\)/, end })
  })

  test('may become a standby, and be promoted', async () => {
    const { url, stop, beStandby, start } = await startServer()
    await using system = await startSystem({ database: await createDatabaseOn(url) })
    const begin = async () => {
      await stop()
      await beStandby()
      await start()
    }
    await survive(system, { begin, reason: /^database: .*\(25006\)/, end: () => query(url, 'SELECT pg_promote()') })
  })

  test('may have no room on its disk', async ({ skip }) => {
    const started = await startServer()
    const { smallDisk } = started
    if ('missing' in smallDisk) {
      console.log(`skipped: a disk without room, because ${smallDisk.missing}`)
      return skip(smallDisk.missing)
    }
    const database = await createSmallDatabase(started, smallDisk.path)
    await using system = await startSystem({ database })
    await survive(system, {
      begin: () => fillDisk(database),
      reason: /^database: .*\(53100\).*make room/,
      end: () => makeRoom(database),
    })
  })

  test('may take another password, and then another user, while the persister runs', async () => {
    const { url } = await startServer()
    const database = await createDatabaseOn(url)
    const file = path.join(tmpdir(), `drawbridge-url-${randomUUID()}`)
    const tell = (user: string, password: string) => {
      const address = new URL(database.url)
      address.username = user
      address.password = password
      return writeFile(file, address.href)
    }
    const cutConnections = () =>
      query(
        url,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'drawbridge-persister'`,
      )
    await query(url, `CREATE ROLE first SUPERUSER LOGIN PASSWORD 'one'`)
    await tell('first', 'one')
    await using system = await startSystem({ database, env: { DATABASE_URL_FILE: file } })
    const begin = async () => {
      await query(url, `ALTER ROLE first PASSWORD 'two'`)
      await cutConnections()
    }
    const reason = /^database: .*\(28P01\).*DATABASE_URL_FILE/
    await survive(system, { begin, reason, end: () => tell('first', 'two') })

    await query(url, `CREATE ROLE second SUPERUSER LOGIN PASSWORD 'three'`)
    await query(url, 'ALTER ROLE first NOLOGIN')
    await cutConnections()
    await system.calm.report(1002)
    await system.persister?.untilUnready(/^database: .*\(28000\)/)
    await tell('second', 'three')
    await system.persister?.untilReady()
    await system.expectSoundTrades()
    await rm(file)
  })

  test('may lose its connections in the middle of a COMMIT', async () => {
    const { url } = await startServer()
    const database = await createDatabaseOn(url)
    const cutter = new CommitCutter()
    const way = await TcpProxy.to(database.url, cutter.inspect)
    await using system = await startSystem({ database, env: { DATABASE_URL: way.url } })
    const { persister } = system
    if (persister === null) throw new Error('there is no persister')
    await persister.untilRows(100)
    for (let cuts = 1; cuts <= 10; cuts += 1) {
      await system.decided(100)
      if (cuts % 2 === 0) cutter.cutNextRequest()
      else cutter.cutNextAnswer()
      await eventually(() => cutter.cuts === cuts, { timeoutMs: 30_000, what: `cut ${cuts}` })
      if (cuts === 5) system.trade()
    }
    await system.loser.untilBlocked(/max_daily_loss: 30 %/)
    await system.decided(100)
    await system.expectSoundTrades()
    await persister.untilReady()
    // What was committed and not heard of was stored once more, and nothing came of it.
    expect(await metricOf(persister.process, 'persister_duplicate_rows_total')).toBeGreaterThanOrEqual(5)
    expect(await metricOf(persister.process, 'persister_database_errors_total')).toBeGreaterThanOrEqual(10)
    await way.cut()
  })
})
