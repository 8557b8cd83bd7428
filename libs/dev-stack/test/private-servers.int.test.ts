import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { processIdentity } from '@drawbridge/settings/running-system'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { freePort, type PrivateServer, startPrivateNats, startPrivatePostgres, stopLeftovers } from '../src/index.ts'

let dataDir: string
const servers: PrivateServer[] = []
beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-servers-'))
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
  await stopLeftovers(dataDir)
  await rm(dataDir, { recursive: true, force: true })
})

async function start(kind: typeof startPrivateNats): Promise<string> {
  const server = await kind({ dataDir, port: await freePort() })
  servers.push(server)
  return server.url
}

async function query(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

/** Stores a message, making the stream where there is none, and gives how many it holds then. */
async function storeMessage(url: string): Promise<number> {
  const connection = await connect({ servers: url })
  try {
    const manager = await jetstreamManager(connection)
    await manager.streams.add({ name: 'KEPT', subjects: ['kept'] })
    await jetstream(connection).publish('kept', 'x')
    return (await manager.streams.info('KEPT')).state.messages
  } finally {
    await connection.close()
  }
}

async function storeRow(url: string): Promise<number> {
  await query(url, 'CREATE TABLE IF NOT EXISTS kept (id int GENERATED ALWAYS AS IDENTITY)')
  await query(url, 'INSERT INTO kept DEFAULT VALUES')
  return (await query(url, 'SELECT FROM kept')).length
}

async function recordedPid(name: string): Promise<number> {
  const record = JSON.parse(await readFile(path.join(dataDir, `${name}.process.json`), 'utf8'))
  return record.server.pid
}

/** Runs both servers under another process, and kills that one as `kill -9` would. */
async function leaveBehind(): Promise<{ natsUrl: string; databaseUrl: string }> {
  const owner: ChildProcess = fork(path.join(import.meta.dirname, 'owner.ts'), [dataDir], { execArgv: [] })
  const [urls] = (await once(owner, 'message')) as [{ natsUrl: string; databaseUrl: string }]
  const ended = once(owner, 'exit')
  owner.kill('SIGKILL')
  await ended
  return urls
}

describe('a private server', () => {
  it('keeps the messages of NATS over a stop', async () => {
    expect(await storeMessage(await start(startPrivateNats))).toBe(1)
    await servers.pop()?.stop()
    expect(await storeMessage(await start(startPrivateNats))).toBe(2)
  })

  it('keeps the rows of PostgreSQL over a stop', async () => {
    expect(await storeRow(await start(startPrivatePostgres))).toBe(1)
    await servers.pop()?.stop()
    expect(await storeRow(await start(startPrivatePostgres))).toBe(2)
  })

  it('gives a PostgreSQL in UTF-8 and locale C that syncs, and asks for its password', async () => {
    const url = await start(startPrivatePostgres)
    const settings = "SELECT name || '=' || setting AS line FROM pg_settings WHERE name IN ('fsync', 'server_encoding')"
    const lines = (await query(url, `${settings} ORDER BY name`)).map((row) => row.line)
    expect(lines).toEqual(['fsync=on', 'server_encoding=UTF8'])
    expect(await query(url, 'SELECT datcollate FROM pg_database WHERE datname = current_database()')).toEqual([
      { datcollate: 'C' },
    ])
    const wrong = new URL(url)
    wrong.password = 'wrong'
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed')
  })

  it('is stopped only once, however often it is asked', async () => {
    await start(startPrivateNats)
    const [server] = servers
    await Promise.all([server?.stop(), server?.stop()])
    await server?.stop()
  })

  it('says why it did not start where its port is taken, and leaves nothing running', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    try {
      await expect(startPrivateNats({ dataDir, port })).rejects.toThrow('address already in use')
      await expect(startPrivatePostgres({ dataDir, port })).rejects.toThrow('Address already in use')
    } finally {
      taken.close()
    }
    await start(startPrivatePostgres)
  })

  it('is not started beside one that a living process runs on the same data', async () => {
    await start(startPrivateNats)
    await expect(startPrivateNats({ dataDir, port: await freePort() })).rejects.toThrow(`${dataDir} is in use`)
    await expect(stopLeftovers(dataDir)).rejects.toThrow(`${dataDir} is in use`)
  })
})

describe('after its owner was killed', () => {
  it('a server is stopped by the next start, and keeps its data', async () => {
    const before = await leaveBehind()
    const left = [await recordedPid('nats-server'), await recordedPid('postgres')]
    expect(await storeMessage(before.natsUrl)).toBe(1)
    expect(await storeRow(before.databaseUrl)).toBe(1)
    await stopLeftovers(dataDir)
    expect(left.map(processIdentity)).toEqual([null, null])
    expect(await storeMessage(await start(startPrivateNats))).toBe(2)
    expect(await storeRow(await start(startPrivatePostgres))).toBe(2)
  })

  it('servers that were killed with it start again and recover', async () => {
    const before = await leaveBehind()
    expect(await storeMessage(before.natsUrl)).toBe(1)
    expect(await storeRow(before.databaseUrl)).toBe(1)
    for (const name of ['nats-server', 'postgres']) process.kill(await recordedPid(name), 'SIGKILL')
    expect(await storeMessage(await start(startPrivateNats))).toBe(2)
    expect(await storeRow(await start(startPrivatePostgres))).toBe(2)
  })
})
