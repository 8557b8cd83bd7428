import { createDatabase, createDatabaseOn, infrastructure, startDatabaseServer, TcpProxy } from '@drawbridge/testing'
import { describe, test } from 'vitest'
import { shared } from './faults/shared.ts'
import { query } from './history.ts'
import { busy, startServices, startSystem, survive } from './outages/outage.ts'

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
  const services = shared(async () => {
    const server = await startDatabaseServer()
    const system = await startServices({ database: await createDatabaseOn(server.url) })
    const dispose = () => system[Symbol.asyncDispose]().finally(server.close)
    return { server, system, [Symbol.asyncDispose]: dispose }
  })
  async function underLoad() {
    const { server, system } = await services()
    return { ...server, system: await busy(system) }
  }

  test('may be killed and started again', async () => {
    const { system, kill, start } = await underLoad()
    await survive(system, { begin: kill, reason: AWAY, end: start })
  })

  test('may be stopped and started again, with a persister that is started meanwhile', async () => {
    const { system, stop, start } = await underLoad()
    const begin = async () => {
      await stop()
      system.persister?.process.kill('SIGKILL')
      await system.persister?.process.exited
      system.persister?.restart()
    }
    await survive(system, { begin, reason: /ECONNREFUSED/, end: start })
  })

  test('may be set to read only', async () => {
    const { system, url } = await underLoad()
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
    const { system, url, stop, beStandby, start } = await underLoad()
    const begin = async () => {
      await stop()
      await beStandby()
      await start()
    }
    await survive(system, { begin, reason: /^database: .*\(25006\)/, end: () => query(url, 'SELECT pg_promote()') })
  })
})
