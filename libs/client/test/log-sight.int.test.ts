import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { streams } from '@drawbridge/contracts'
import { freePort, type PrivateServer, startNatsWith } from '@drawbridge/dev-stack'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LogSight } from '../src/inbound/log-sight.ts'
import { checkMayFollow } from '../src/inbound/may-ask.ts'

const CONFIG = `
jetstream: enabled
no_auth_user: maker
authorization: { users: [
  { user: maker, password: maker }
  { user: bot, password: bot, permissions: { publish: { deny: ["$JS.API.STREAM.INFO.*", "guardian.newest.desk"] } } }
] }
`

/** A server of this file's own, because of its users. */
let dataDir: string
let server: PrivateServer
let maker: NatsConnection
let bot: NatsConnection

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'drawbridge-sight-'))
  const config = path.join(dataDir, 'nats.conf')
  await writeFile(config, CONFIG)
  server = await startNatsWith(config, { dataDir, port: await freePort() })
  maker = await connect({ servers: server.url })
  bot = await connect({ servers: server.url, user: 'bot', pass: 'bot' })
})
afterEach(async () => {
  await bot.close()
  await maker.close()
  await server.stop()
  await rm(dataDir, { recursive: true, force: true })
})

test('who may not ask what the log is sees nothing, and is not held up by it', async () => {
  const manager = await jetstreamManager(maker)
  await manager.streams.add({ name: streams.risk, subjects: ['risk.>'] })
  const { created } = await manager.streams.info(streams.risk)

  expect(await new LogSight(maker).look(null)).toBe(created)
  const sight = new LogSight(bot)
  expect(await sight.look(null)).toBeNull()
  expect(await sight.look(created)).toBeNull()
})

test('a log that ends before what was known is damaged, and another one is not', async () => {
  const { created } = await (await jetstreamManager(maker)).streams.add({ name: streams.risk, subjects: ['risk.>'] })
  const sight = new LogSight(maker)
  sight.knows(7)

  await expect(sight.look(created)).rejects.toThrow('RISK ends at 0, and message 7 was known before')
  expect(await sight.look('2026-01-01T00:00:00Z')).toBe(created)
  sight.forget()
  expect(await sight.look(created)).toBe(created)
})

test('who may not hear the decisions on a trader that it obeys is told, with the way, and silence is no fault', async () => {
  await checkMayFollow(bot, ['other'])
  await checkMayFollow(maker, ['desk'])
  await expect(checkMayFollow(bot, ['other', 'desk'])).rejects.toThrow(
    'NATS does not let this user hear the decisions on "desk": leave it out of obeys, and ask can-trade of the trader service',
  )
})
