import { eventually, type ServiceHere } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/client-scene'
import { afterAll, beforeAll, expect, test } from 'vitest'

const CONFIG = {
  max_traders: 3,
  limits: { confirm_jump: null },
  trader: { unconfigured_max: 2 },
  traders: { own: {} },
}

let scene: Scene
let trader: ServiceHere
let guardian: ServiceHere
let url: string

beforeAll(async () => {
  scene = await Scene.open(CONFIG)
  guardian = await scene.start('risk-guardian')
  trader = await scene.start('trader')
  url = await trader.url()
})
afterAll(async () => {
  await trader?.stop()
  await guardian?.stop()
  await scene?.close()
})

async function report(id: string, equity: number, waitMs = 10_000) {
  const body = JSON.stringify({ equity })
  const path = `/api/traders/${encodeURIComponent(id)}/equity?wait_ms=${waitMs}`
  const answer = await fetch(url + path, { method: 'POST', body })
  return { status: answer.status, body: (await answer.json()) as { readonly message: string | null } }
}

const get = async (path: string) => (await fetch(url + path)).json() as Promise<{ readonly code?: string }>
const canTrade = (id: string) => get(`/api/traders/${encodeURIComponent(id)}/can-trade`)

test('a trader that is not configured reports and asks, as by NATS, and its id may have a colon', async () => {
  expect(await report('binance:btc', 1000)).toMatchObject({
    status: 200,
    body: { allowed: true, code: 'ok', version: 1 },
  })
  expect(await canTrade('binance:btc')).toMatchObject({ allowed: true, version: 1 })
  expect(await get('/api/traders/binance:btc')).toMatchObject({ id: 'binance:btc', source: 'http', version: 1 })
  expect(await report('binance:btc', 850)).toMatchObject({ status: 200, body: { allowed: false, code: 'limit' } })
  expect((await scene.ticks('binance:btc')).map(({ text }) => text)).toEqual(['{"equity":1000}', '{"equity":850}'])
})

test('one that makes room for others is known again when it is asked for', async () => {
  for (const id of ['other1', 'other2', 'other3']) expect(await canTrade(id)).toMatchObject({ code: 'unknown' })

  await eventually(async () => (await canTrade('binance:btc')).code === 'limit', { what: 'its newest decision' })
})

test('one beyond max_traders is told that guardians have set its reading aside, and why that may be', async () => {
  for (const id of ['binance:btc', 'own', 'third']) expect(await report(id, 1000)).toMatchObject({ status: 200 })

  await eventually(
    async () => {
      const { status, body } = await report('fourth', 1000, 3_000)
      return status === 202 && body.message?.includes('max_traders')
    },
    { what: 'the words', timeoutMs: 60_000 },
  )
  expect(await canTrade('fourth')).toMatchObject({ allowed: false, code: 'unknown' })
})

test('where none may be unconfigured, one is refused with what to do', async () => {
  const closed = await scene.start('trader', { ...CONFIG, trader: { unconfigured_max: 0 } })
  const answer = await fetch(`${await closed.url()}/api/traders/bot9/can-trade`)
  expect({ status: answer.status, body: await answer.json() }).toEqual({
    status: 404,
    body: {
      error: {
        code: 'unknown-trader',
        message: 'no trader "bot9" is configured; add it to "traders" in config.json, or raise trader.unconfigured_max',
      },
    },
  })
  await closed.stop()
})
