import { eventually } from '@drawbridge/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EventSourceReader } from './event-source-reader.ts'
import { Scene } from './scene.ts'

const ADMIN = 'a'.repeat(32)
const API_TOKENS = JSON.stringify([{ name: 'ann', role: 'read', token: ADMIN }])

let scene: Scene
const readers: EventSourceReader[] = []
beforeEach(async () => {
  scene = await Scene.open({ API_TOKENS })
})
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close()
  await scene.close()
})

const bearer = { authorization: `Bearer ${ADMIN}` }

async function login(): Promise<{ readonly cookie: string }> {
  const answer = await scene.ask('POST', '/api/session', { token: ADMIN })
  return { cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '' }
}

async function live(headers: Readonly<Record<string, string>>): Promise<EventSourceReader> {
  const reader = await EventSourceReader.open(`${scene.url}/api/live`, headers)
  readers.push(reader)
  return reader
}

const hasEquity = (reader: EventSourceReader, equity: string) => () =>
  reader.messages.some(({ kind, data }) => kind === 'traders' && JSON.stringify(data).includes(`"equity":"${equity}"`))

test('a page that is logged in hears a reading that a guardian has judged', async () => {
  await scene.startGuardian(bearer)
  const page = await live(await login())
  await scene.tick('bot1', 1000)
  await eventually(hasEquity(page, '1000'), { what: 'the trader on the page' })
  await eventually(() => page.messages.some(({ data }) => (data as { guardian?: object | null }).guardian), {
    what: 'the guardian on the page',
  })
})

test('all pages are served from one reading of the log', async () => {
  await scene.startGuardian(bearer)
  const session = await login()
  const before = await scene.riskConsumers()
  const pages = await Promise.all(Array.from({ length: 50 }, () => live(session)))
  await scene.tick('bot1', 1000)
  for (const page of pages) await eventually(hasEquity(page, '1000'), { what: 'the trader on every page' })
  expect(await scene.riskConsumers()).toBeLessThanOrEqual(before)
})

test('the feed of a page ends with its session', async () => {
  const session = await login()
  const page = await live(session)
  await scene.ask('DELETE', '/api/session', undefined, session)
  await eventually(() => page.isOver, { what: 'the end of the feed' })
})

test('without a session there is no feed', async () => {
  expect((await scene.ask('GET', '/api/live')).status).toBe(401)
})
