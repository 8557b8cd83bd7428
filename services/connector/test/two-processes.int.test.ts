import { type ConnectorReport, decodeConnectorReport, formatAmount, subjects } from '@drawbridge/contracts'
import { hearPublished } from '@drawbridge/nats'
import { eventually, type ServiceHere, TcpProxy } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CLOSING_LIMITS, ConnectorScene } from './connector-scene.ts'
import { FakeServer } from './fake-server.ts'
import { genericAccount } from './generic-account.ts'

let scene: ConnectorScene
let bank: FakeServer
/** Between the second process and NATS. */
let proxy: TcpProxy
let first: ServiceHere
let second: ServiceHere
/** The newest of each process, in the order in which they were heard first. */
const reports = new Map<string, ConnectorReport>()

beforeAll(async () => {
  scene = await ConnectorScene.open(CLOSING_LIMITS)
  bank = await FakeServer.open()
  proxy = await TcpProxy.to(scene.scene.natsUrl)
  bank.on('GET /account', { body: { equity: 1000 } })
  for (const call of ['block', 'unblock', 'flatten']) bank.on(`POST /${call}`, { body: {} })
  hearPublished(scene.scene.connection, subjects.connectorReport('*'), ({ data }) => {
    const report = decodeConnectorReport(data)
    if (report.ok) reports.set(report.value.run ?? '', report.value)
  })
})
afterAll(async () => {
  await scene.close()
  await proxy.cut()
  await bank.close()
})

const start = (natsUrl = scene.scene.natsUrl) => {
  const closing = { calls_per_minute: 60_000, flatten_url: `${bank.url}/flatten`, may_close: true }
  const bot1 = { ...genericAccount(bank.url), ...closing }
  return scene.connect({ bot1 }, { NATS_URL: natsUrl })
}
const asked = (call: string) => bank.askedFor(`POST /${call}`).length
const runs = async () => new Set((await scene.ticks('bot1')).map(({ run }) => run))
const aloneFaults = (report: ConnectorReport | undefined) => report?.faults.filter(({ task }) => task === 'run-alone')
const oneOf = async (service: ServiceHere) => {
  const answer = await fetch(`${await service.url()}/api/connectors`)
  return ((await answer.json()) as { connectors: readonly ConnectorReport[] }).connectors[0]
}

const judgedEquity = async () => {
  const equity = (await scene.newestEvent('bot1'))?.state.equity ?? null
  return equity === null ? null : formatAmount(equity)
}

/** Until the first process has looked so often, in which a second that acted would have acted as well. */
async function severalLooks(): Promise<void> {
  const before = bank.askedFor('GET /account').length
  await eventually(() => bank.askedFor('GET /account').length >= before + 5, { what: 'five looks at the account' })
}

test('two processes with one connector both tell it, who they are and what mends it; only the first reads', async () => {
  first = await start()
  await eventually(async () => (await runs()).size === 1 && (await oneOf(first))?.stands === 'open', {
    what: 'the first to work',
  })
  second = await start(proxy.url)
  await eventually(() => reports.size === 2 && [...reports.values()].every((one) => aloneFaults(one)?.length === 1), {
    what: 'both to tell the fault',
  })
  const [one, two] = [await oneOf(first), await oneOf(second)]
  expect([one?.waits, two?.waits]).toEqual([false, true])
  const words = aloneFaults(one)?.map(({ reason, advice }) => ({ reason, advice }))
  expect(aloneFaults(two)).toMatchObject(words ?? [])
  expect(words?.[0]?.reason).toBe(
    `2 processes run it: ${one?.instance} (since ${one?.startedAt}) does the work, and ${two?.instance} (since ${two?.startedAt}) waits`,
  )
  await severalLooks()
  expect((await runs()).size).toBe(1)
})

test('one breach is one block and one close', async () => {
  bank.on('GET /account', { body: { equity: 900 } })
  await eventually(async () => asked('flatten') > 0 && (await oneOf(second))?.wanted === 'blocked', {
    what: 'the close by the first, and the breach to be known to the second',
  })
  await severalLooks()
  expect([asked('block'), asked('flatten')]).toEqual([1, 1])
})

test('a second process whose first one ends takes over: it reads, blocks and closes, and tells no fault', async () => {
  await first.stop()
  await eventually(() => asked('block') === 2 && asked('flatten') === 2, {
    what: 'the second to take over',
    timeoutMs: 25_000,
  })
  await eventually(async () => (await runs()).size === 2, { what: 'a tick of the second' })
  const report = await eventually(
    async () => {
      const now = await oneOf(second)
      return now?.faults.length === 0 ? now : null
    },
    { what: 'the fault to be over' },
  )
  expect(report.waits).toBe(false)
})

test('one that was cut off from NATS takes the work back, and its readings count after those of the other', async () => {
  const third = await start()
  await eventually(async () => (await oneOf(third))?.waits === true, { what: 'the third to wait' })
  await proxy.cut()
  await eventually(async () => (await runs()).size === 3, { what: 'a tick of the third', timeoutMs: 40_000 })
  await proxy.restore()
  await eventually(async () => (await oneOf(third))?.waits === true, { what: 'the third to wait again' })

  await eventually(async () => (await runs()).size === 4, { what: 'a new run of the second' })
  bank.on('GET /account', { body: { equity: 890 } })
  await eventually(async () => (await judgedEquity()) === '890', { what: 'the reading to be judged' })
  await severalLooks()
  expect((await runs()).size).toBe(4)
  await third.stop()
})
