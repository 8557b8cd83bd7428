import { streamSettings } from '@drawbridge/contracts'
import { jetstreamManager, type StreamConfig } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import pg from 'pg'
import { describe, expect, it } from 'vitest'
import { createDatabase, infrastructure, resetStreams } from '../src/index.ts'

async function query(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

describe('createDatabase', () => {
  it('gives each caller a separate empty database', async () => {
    const [first, second] = await Promise.all([createDatabase(), createDatabase()])
    try {
      await query(first.url, 'CREATE TABLE only_here (id int)')
      const tables = "SELECT relname FROM pg_class WHERE relname = 'only_here'"
      expect(await query(first.url, tables)).toHaveLength(1)
      expect(await query(second.url, tables)).toHaveLength(0)
    } finally {
      await Promise.all([first.drop(), second.drop()])
    }
    await expect(query(first.url, 'SELECT 1')).rejects.toThrow('does not exist')
  })

  it('drops a database that somebody still uses', async () => {
    const database = await createDatabase()
    const client = new pg.Client({ connectionString: database.url })
    const cut = new Promise((resolve) => client.on('error', resolve))
    await client.connect()
    await database.drop()
    await cut
    await expect(query(database.url, 'SELECT 1')).rejects.toThrow('does not exist')
  })
})

describe('infrastructure', () => {
  it.skipIf(infrastructure().timescale === 'none')('has TimescaleDB where it says so', async () => {
    const database = await createDatabase()
    try {
      await query(database.url, 'CREATE EXTENSION timescaledb')
      const found = await query(database.url, "SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'")
      expect(found).toHaveLength(1)
    } finally {
      await database.drop()
    }
  })
})

describe('resetStreams', () => {
  it('deletes the streams with their messages, even if they deny to delete a message, and if there are none', async () => {
    const connection = await connect({ servers: infrastructure().natsUrl })
    try {
      const manager = await jetstreamManager(connection)
      await resetStreams(connection)
      for (const settings of streamSettings(1)) {
        await manager.streams.add(settings as unknown as Partial<StreamConfig> & { name: string })
      }
      await resetStreams(connection)
      expect(await manager.streams.names().next()).toEqual([])
      await resetStreams(connection)
    } finally {
      await connection.close()
    }
  })
})
