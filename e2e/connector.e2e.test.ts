import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FakeFreqtrade } from '@drawbridge/connector/fake-freqtrade'
import { type ConnectorReport, decodeConnectorReport, subjects } from '@drawbridge/contracts'
import { hearPublished } from '@drawbridge/nats'
import { provision } from '@drawbridge/service-kit'
import { eventually, type ServiceProcess, spawnService, validConfig } from '@drawbridge/testing'
import type { NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorkFolder } from './npm-start.ts'
import { type SecuredNats, startSecuredNats } from './security/secured-nats.ts'

/** A pause of a minute that time ends, whatever the equity is then. */
const LIMITS = {
  max_daily_loss: 5,
  max_drawdown: null,
  stop_trading_minutes: 1,
  daily_loss_ends: 'timer',
  on_end: 'rebase',
  confirm_jump: null,
}
const OF_SOMEBODY = 'Cooldown period for 5 candles.'

let nats: SecuredNats
let folder: Awaited<ReturnType<typeof makeWorkFolder>>
let bot: FakeFreqtrade
let people: NatsConnection
let connector: ServiceProcess
/** What people are told of the connector. */
let told: ConnectorReport | null = null

const env = (user: string) => ({
  NATS_URL: nats.url,
  NATS_NKEY_SEED_FILE: nats.seedFile(user),
  CONFIG_FILE: join(folder.path, 'config.json'),
  LOG_LEVEL: 'info',
})

beforeAll(async () => {
  nats = await startSecuredNats([])
  folder = await makeWorkFolder()
  bot = await FakeFreqtrade.open()
  await writeFile(join(folder.path, 'password'), 'SuperSecret1!')
  const connectors = { bot1: bot.connector(join(folder.path, 'password')) }
  await writeFile(join(folder.path, 'config.json'), JSON.stringify({ limits: LIMITS, connectors }))
  const admin = await nats.connect('admin', { inboxPrefix: '_INBOX_admin' })
  await provision(admin, validConfig({ limits: LIMITS }, { NATS_NKEY_SEED_FILE: nats.seedFile('admin') }))
  await admin.close()
  people = await nats.connect('console')
  hearPublished(people, subjects.connectorReport('*'), ({ data }) => {
    const report = decodeConnectorReport(data)
    if (report.ok) told = report.value
  })
  spawnService('risk-guardian', env('guardian'))
  connector = spawnService('connector', env('connector'))
  await connector.waitForPort()
}, 120_000)
afterAll(async () => {
  await connector?.stop()
  await people?.close()
  await bot?.close()
  await nats?.close()
  await folder?.remove()
})

const ours = () => bot.standing.filter(({ reason }) => reason?.startsWith('drawbridge:bot1 '))
const others = () => bot.standing.filter(({ reason }) => reason === OF_SOMEBODY)

test('a loss locks freqtrade over a crash of the connector, and the end of the pause deletes our lock alone', async () => {
  bot.lockBySomebody(OF_SOMEBODY)
  await eventually(() => told?.stands === 'open' && told.reading?.equity === '1000', { what: 'the first reading' })

  bot.cash = 900
  await eventually(() => ours().length === 1, { what: 'the lock of the loss' })
  expect(ours()[0]).toMatchObject({ pair: '*', side: '*', reason: expect.stringContaining('max_daily_loss') })
  await eventually(() => told?.wanted === 'blocked' && told.stands === 'blocked', { what: 'people to be told' })

  connector.kill('SIGKILL')
  await connector.exited
  expect(ours()).toHaveLength(1)
  // Somebody deletes it while nobody looks.
  for (const lock of ours()) lock.active = false
  connector = spawnService('connector', env('connector'))
  await eventually(() => ours().length === 1, { what: 'the lock to be set again after the restart' })

  await eventually(() => ours().length === 0, { what: 'the lock to be deleted', timeoutMs: 120_000 })
  expect(others()).toHaveLength(1)
  await eventually(() => told?.stands === 'open' && told.faults.length === 0, { what: 'people to be told' })
  // Everything went by the least rights on NATS.
  expect(await nats.complaints()).toEqual([])
})

test('people are told of an account that cannot be read, and that it can be again', async () => {
  bot.instead.set('/balance', { status: 503, body: '<html><title>Maintenance</title></html>' })
  await eventually(() => told?.faults.some(({ task }) => task === 'read'), { what: 'people to be told of the fault' })
  expect(told?.faults).toEqual([
    expect.objectContaining({
      task: 'read',
      kind: 'temporary',
      reason: expect.stringContaining('a page, "Maintenance"'),
    }),
  ])

  bot.instead.delete('/balance')
  await eventually(() => told?.faults.length === 0, { what: 'people to be told that it is over' })
})
