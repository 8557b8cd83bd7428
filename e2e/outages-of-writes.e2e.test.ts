import { randomUUID } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createDatabaseOn, eventually, startDatabaseServer, TcpProxy } from '@drawbridge/testing'
import { describe, expect, test } from 'vitest'
import { metricOf } from './faults/metric-of.ts'
import { shared } from './faults/shared.ts'
import { query } from './history.ts'
import { CommitCutter } from './outages/commit-cutter.ts'
import { startSystem, survive } from './outages/outage.ts'
import { createSmallDatabase, fillDisk, makeRoom } from './outages/small-disk.ts'

/** Every second one swallows an answer, the others half of a request. */
const CUTS = 4

// It goes on while what a persister writes finds no room, no entry, or no answer.
describe('a database server', () => {
  const ownServer = shared(async () => {
    const server = await startDatabaseServer()
    return { ...server, [Symbol.asyncDispose]: server.close }
  })

  test('may have no room on its disk', async ({ skip }) => {
    const started = await ownServer()
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
    const { url } = await ownServer()
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
    const { url } = await ownServer()
    const database = await createDatabaseOn(url)
    const cutter = new CommitCutter()
    const way = await TcpProxy.to(database.url, cutter.inspect)
    await using system = await startSystem({ database, env: { DATABASE_URL: way.url } })
    const { persister } = system
    if (persister === null) throw new Error('there is no persister')
    await persister.untilRows(100)
    for (let cuts = 1; cuts <= CUTS; cuts += 1) {
      await system.decided(50)
      if (cuts % 2 === 0) cutter.cutNextRequest()
      else cutter.cutNextAnswer()
      await eventually(() => cutter.cuts === cuts, { timeoutMs: 30_000, what: `cut ${cuts}` })
      if (cuts === CUTS / 2) system.trade()
    }
    await system.loser.untilBlocked(/max_daily_loss: 30 %/)
    await system.decided(50)
    await system.expectSoundTrades()
    await persister.untilReady()
    // Batches that were committed without an answer were stored again, without effect.
    expect(await metricOf(persister.process, 'persister_duplicate_rows_total')).toBeGreaterThanOrEqual(CUTS / 2)
    expect(await metricOf(persister.process, 'persister_database_errors_total')).toBeGreaterThanOrEqual(CUTS)
    await way.cut()
  })
})
