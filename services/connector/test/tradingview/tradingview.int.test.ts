import { eventually, type ServiceHere } from '@drawbridge/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ConnectorScene, notesOf } from '../connector-scene.ts'
import { FakeServer } from '../fake-server.ts'

const SECRET = 'a-secret-of-some-length-1'
const ENTRY = { id: 'a1', side: 'buy', quantity: '1', before: 'flat', size: '0' }
const EXIT = { id: 'a2', side: 'sell', quantity: '1', before: 'long', size: '1' }

let scene: ConnectorScene
let broker: FakeServer
let service: ServiceHere

beforeAll(async () => {
  scene = await ConnectorScene.open()
  broker = await FakeServer.open()
  broker.on('GET /account', { body: { equity: 1000 } })
  broker.on('POST /orders', {})
  const account = {
    adapter: 'generic',
    trader: 'bot1',
    equity_url: `${broker.url}/account`,
    equity_at: '/equity',
    currency: 'USD',
    every_seconds: 1,
  }
  const alerts = {
    adapter: 'tradingview',
    trader: 'bot1',
    reads: false,
    secret_file: await scene.scene.writeFile('secret', `${SECRET}\n`),
    forward_url: `${broker.url}/orders`,
    id_at: '/id',
    side_at: '/side',
    quantity_at: '/quantity',
    before_at: '/before',
    before_size_at: '/size',
  }
  service = await scene.connect({ account, alerts, dry: { ...alerts, dry_run: true } })
})
afterAll(async () => {
  await scene.close()
  await broker.close()
})

/** As TradingView posts an alert. */
async function post(alert: object | string, path = `alerts/${SECRET}`, type = 'application/json') {
  const response = await fetch(`${await service.url()}/connectors/${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof alert === 'string' ? alert : JSON.stringify(alert),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

test('entries pass while the account that another connector reports allows them, and exits always', async () => {
  await eventually(async () => (await post(ENTRY)).body.forwarded === true, { what: 'the first entry' })
  expect(await post(ENTRY)).toMatchObject({ status: 200, body: { code: 'repeated' } })

  broker.on('GET /account', { body: { equity: 900 } })
  await eventually(async () => (await post({ ...ENTRY, id: `${Date.now()}` })).body.code === 'limit', {
    what: 'the block',
  })
  expect(await post(EXIT, undefined, 'text/plain; charset=utf-8')).toMatchObject({
    status: 200,
    body: { forwarded: true, intent: 'exit' },
  })
  expect(
    broker
      .askedFor('POST /orders')
      .map(({ body }) => JSON.parse(body))
      .at(-1),
  ).toEqual(EXIT)
})

test('an order that could not be sent on is told to operators until one is sent on', async () => {
  broker.on('POST /orders', { status: 502, body: `<title>${SECRET}</title>` })
  expect(await post({ ...EXIT, id: 'lost' })).toMatchObject({ status: 424, body: { forwarded: false } })
  const told = 'alerts cannot forward: an exit (alert "lost") was sent on, and nobody knows whether it was placed'
  expect(await notesOf(service)).toContain(told)
  expect(await notesOf(service)).not.toContain(SECRET)
  const metrics = await (await fetch(`${await service.url()}/metrics`)).text()
  expect(metrics).toMatch(/connector_fault\{[^}]*connector="alerts"[^}]*task="forward"[^}]*\} 1/)

  broker.on('POST /orders', {})
  await post({ ...EXIT, id: 'next' })
  expect((await notesOf(service)) ?? '').not.toContain('cannot forward')
})

test('it counts as a connector that stops entries, though nothing stands open there', async () => {
  const { connectors } = (await (await fetch(`${await service.url()}/api/connectors`)).json()) as {
    connectors: { connector: string }[]
  }
  const acts = Object.fromEntries(connectors.map((one) => [one.connector, one]))
  expect(acts.alerts).toMatchObject({ acts: true, canBlock: true })
  expect(acts.account).toMatchObject({ acts: false, canBlock: false, stands: null })
})

test('whoever does not know the secret or the name learns neither', async () => {
  const [secret, name] = [await post(EXIT, 'alerts/wrong'), await post(EXIT, `other/${SECRET}`)]
  expect([secret.status, name.status]).toEqual([404, 404])
  expect(secret.body).toEqual(name.body)
})

test('a dry run sends no order on', async () => {
  const before = broker.askedFor('POST /orders').length
  expect(await post({ ...EXIT, id: 'dry' }, `dry/${SECRET}`)).toMatchObject({ status: 200, body: { code: 'dry-run' } })
  expect(broker.askedFor('POST /orders')).toHaveLength(before)
})

test.each([
  ['text', 'BTC crossed 50000', 400],
  ['more than an order has', JSON.stringify({ id: 'x'.repeat(200_000) }), 413],
])('%s is refused', async (_what, body, status) => {
  expect((await post(body, undefined, 'text/plain')).status).toBe(status)
})
