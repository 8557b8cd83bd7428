import { once } from 'node:events'
import { get } from 'node:http'
import { streams, subjects, toJsonBytes } from '@drawbridge/contracts'
import { EventListener, eventually } from '@drawbridge/testing'
import { jetstreamManager } from '@nats-io/jetstream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Scene } from './scene.ts'

let scene: Scene
const listeners: EventListener[] = []
beforeEach(async () => {
  scene = await Scene.open({}, { listeners: { heartbeatMs: 20, drainWithinMs: 100, listenersMax: 3 } })
  await scene.startGuardian()
})
afterEach(async () => {
  for (const listener of listeners.splice(0)) listener.close()
  await scene.close()
})

async function listen(query = '', headers = {}): Promise<EventListener> {
  const listener = await EventListener.open(`${scene.url}/api/events${query}`, headers)
  listeners.push(listener)
  return listener
}

const TICKS = 'the events of the ticks'

test('a listener receives new events, in the order of the log', async () => {
  await scene.tick('bot1', 1000)
  await scene.untilVersion('bot1', 1)
  const listener = await listen()
  await scene.tick('bot1', 999)
  await scene.tick('bot2', 1000)
  await scene.tick('bot1', 998)

  await eventually(() => listener.events.length === 3, { what: TICKS })

  const heard = listener.events.map(({ event }) => [event.trader, event.version])
  expect(heard.filter(([trader]) => trader === 'bot1')).toEqual([
    ['bot1', 2],
    ['bot1', 3],
  ])
  expect(listener.contentType).toBe('text/event-stream')
  expect(listener.ids).toEqual(listener.events.map(({ seq }) => seq))
})

test('a listener that reconnects with its last id receives the events stored meanwhile, each once', async () => {
  const first = await listen()
  for (let equity = 1000; equity > 900; equity -= 1) await scene.tick('bot1', equity)
  await eventually(() => first.events.length >= 40, { what: TICKS })
  first.close()
  const heard = first.events.map(({ event }) => event.version)
  await scene.untilVersion('bot1', 100)

  const again = await listen('', { 'last-event-id': String(first.ids.at(-1)) })
  await eventually(() => heard.length + again.events.length >= 100, { what: TICKS })

  const all = [...heard, ...again.events.map(({ event }) => event.version)]
  expect(all).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
})

test('a listener that names traders and types receives no others', async () => {
  const one = await listen('?trader=bot2')
  const breaches = await listen('?type=breach,flags')
  await scene.tick('bot1', 1000)
  await scene.tick('bot2', 1000)
  await scene.tick('bot1', 800)
  await scene.ask('POST', '/api/feature_flags', { enable_persistence: false })
  await scene.tick('bot2', 800)

  await eventually(() => one.events.length === 2 && breaches.events.length === 3, { what: TICKS })

  expect(one.events.map(({ event }) => event.trader)).toEqual(['bot2', 'bot2'])
  expect(breaches.events.map(({ event }) => event.type).sort()).toEqual(['breach', 'breach', 'flags'])
})

test('a listener can request the whole log from its beginning', async () => {
  await scene.tick('bot1', 1000)
  await scene.untilVersion('bot1', 1)
  const listener = await listen('?after=0')
  await eventually(() => listener.events.some(({ event }) => event.trader === 'bot1'), { what: TICKS })
  expect(listener.events.map(({ event }) => event.type)).toEqual(['flags', 'limits', 'assessed'])
})

test('a listener can begin with a time, and end with what there is', async () => {
  await scene.tick('bot1', 1000)
  await scene.untilVersion('bot1', 1)
  const of = async (query: string) => {
    const listener = await listen(`?trader=bot1,bot2&follow=false&${query}`)
    await listener.ended
    return listener.events.map(({ event }) => event.version)
  }
  const between = Date.now() + 1
  await eventually(() => Date.now() > between, { what: 'the next millisecond' })
  await scene.tick('bot1', 999)
  await scene.untilVersion('bot1', 2)
  expect(await of('after=0')).toEqual([1, 2])
  expect(await of('since=1900-01-01T00:00:00Z')).toEqual([1, 2])
  expect(await of(`since=${new Date(between).toISOString()}`)).toEqual([2])
  expect(await of('since=2999-01-01T00:00:00Z')).toEqual([])
  expect(await of('')).toEqual([])
})

test('a listener that asks for words is told what happened', async () => {
  await scene.tick('bot1', 1000)
  await scene.tick('bot1', 800)
  await scene.untilVersion('bot1', 2)
  const listener = await listen('?after=0&follow=false&words=true')
  await listener.ended
  expect(listener.events).toMatchObject([
    { event: { type: 'flags' }, words: expect.stringContaining('set the flags: enforcement is on') },
    { event: { type: 'limits' }, words: expect.stringContaining('limits') },
    { event: { type: 'assessed' }, words: 'Equity 1000, the trader may trade.' },
    {
      event: { type: 'breach' },
      words: expect.stringMatching(/^max_daily_loss is reached: 20 % of 10 %, paused until/),
    },
  ])
})

test('a listener that loses its connection before the first event goes on where it began', async () => {
  const response = await fetch(`${scene.url}/api/events?trader=bot1`)
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  const id = /^id: (\d+)$/m.exec((await reader?.read())?.value ?? '')?.[1]
  await reader?.cancel()
  await scene.tick('bot1', 1000)
  await scene.untilVersion('bot1', 1)
  const again = await listen('?trader=bot1', { 'last-event-id': id ?? 'none' })
  await eventually(() => again.events.length === 1, { what: TICKS })
})

test('a silent log is distinguished from a broken connection by heartbeats', async () => {
  const listener = await listen('?trader=nobody')
  await eventually(() => listener.comments.length >= 3, { what: 'heartbeats' })
  expect(listener.comments[0]).toBe(': heartbeat')
})

test('a listener that takes nothing is cut, and the others hear on', async () => {
  const others = [await listen('?type=tick-rejected'), await listen('?type=tick-rejected')]
  const slow = get(`${scene.url}/api/events`, (response) => response.pause())
  slow.on('error', () => undefined)
  await once(slow, 'response')
  await expect(listen()).rejects.toThrow('answered 503')

  // Each event holds the limits of all traders, about 0.5 MB. They fill the buffers of both ends.
  const names = Array.from({ length: 9_000 }, (_, index) => `bot${'x'.repeat(30)}${index}`)
  const traders = Object.fromEntries(names.map((name) => [name, { max_drawdown: 5 }]))
  await scene.publish(subjects.controlLimits, toJsonBytes({ traders }))
  const manager = await jetstreamManager(scene.connection)
  const stored = async () => (await manager.streams.info(streams.risk)).state.last_seq
  let minutes = 0
  const placeAfterAnotherEvent = async () => {
    const before = await stored()
    minutes += 1
    await scene.publish(subjects.controlLimits, toJsonBytes({ stop_trading_minutes: minutes }))
    await eventually(async () => (await stored()) > before, { what: 'the event' })
    return listen()
  }

  // Its place is free again.
  await eventually(placeAfterAnotherEvent, { what: 'the slow listener to be cut', timeoutMs: 90_000 })
  await scene.publish(subjects.tick('bot1'), toJsonBytes({}))
  // It is decided after the configurations.
  await eventually(() => others.every(({ events }) => events.length === 1), {
    what: 'the rejected tick',
    timeoutMs: 90_000,
  })
  slow.destroy()
})

test('more listeners than are allowed are refused, until one leaves', async () => {
  const [first] = [await listen(), await listen(), await listen()]
  expect(await scene.ask('GET', '/api/events')).toMatchObject({
    status: 503,
    body: { error: { code: 'too-many-listeners' } },
  })
  first?.close()
  await eventually(() => listen(), { what: 'room for another listener' })
})

test.each([
  ['an id of another log', '', { 'last-event-id': '999999' }, 409, 'unknown-event-id'],
  ['an id that is none', '', { 'last-event-id': 'abc' }, 400, 'invalid-event-id'],
  ['a type that is none', '?type=win', {}, 400, 'invalid-query'],
  ['a time that is none', '?since=yesterday', {}, 400, 'invalid-query'],
  ['a trader that is none', '?trader=a.b', {}, 400, 'invalid-query'],
])('%s is refused', async (_name, query, headers, status, code) => {
  expect(await scene.ask('GET', `/api/events${query}`, undefined, headers)).toMatchObject({
    status,
    body: { error: { code } },
  })
})

test('a service that stops ends what it sends', async () => {
  const listener = await listen()
  await scene.restartApi()
  await listener.ended
})
