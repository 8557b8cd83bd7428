import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { HttpCalls } from '../src/outbound/http-calls.ts'
import { Pace } from '../src/outbound/pace.ts'

const LIMIT = { calls: 60_000, perMs: 60_000 }
const TEN_MB = 10_000_000

let server: Server | null = null
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** What becomes of an answer that somebody else's server gives. */
async function answerOf(answer: RequestListener, withinMs = 10_000) {
  const opened = createServer(answer)
  server = opened
  await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve))
  const { port } = opened.address() as AddressInfo
  const calls = new HttpCalls(new Pace({ read: LIMIT, control: LIMIT }), withinMs)
  return calls.json({ kind: 'read', url: `http://127.0.0.1:${port}/`, signal: new AbortController().signal })
}

test('an answer that is too large is refused, also where it is small on its way', async () => {
  const large = Buffer.alloc(TEN_MB, ' ')
  const told = { kind: 'unusable', reason: 'it answers with more than 2000000 bytes' }
  expect(await answerOf((_request, response) => response.end(large))).toMatchObject(told)

  const packed = gzipSync(large)
  expect(
    await answerOf((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed)),
  ).toMatchObject(told)
})

test('an answer that never ends is given up', async () => {
  expect(await answerOf((_request, response) => void response.write('{"equity": '), 50)).toMatchObject({
    kind: 'temporary',
    reason: 'it does not answer in time',
  })
})

test('a redirect is not followed, so that no key goes elsewhere', async () => {
  const paths: string[] = []
  const answer = await answerOf((request, response) => {
    paths.push(request.url ?? '')
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  expect(answer).toMatchObject({
    kind: 'refused',
    reason: 'it answers 302, a redirect to /elsewhere',
    advice: expect.stringContaining('write that address into config.json'),
  })
  expect(paths).toEqual(['/'])
})

test('what looks like a redirect and names no address is told as no answer', async () => {
  expect(await answerOf((_request, response) => response.writeHead(304).end())).toEqual({
    kind: 'unusable',
    status: 304,
    reason: 'it answers 304, which is no answer to this call',
  })
})

test('a mark of the byte order before the JSON is no part of it', async () => {
  expect(await answerOf((_request, response) => response.end('\uFEFF{"equity": 5}'))).toMatchObject({
    body: { equity: 5 },
  })
})

test('TLS to a port without it is told with what mends it', async () => {
  const opened = createServer()
  server = opened
  await new Promise<void>((resolve) => opened.listen(0, '127.0.0.1', resolve))
  const { port } = opened.address() as AddressInfo
  const calls = new HttpCalls(new Pace({ read: LIMIT, control: LIMIT }))
  const url = `https://127.0.0.1:${port}/`
  expect(await calls.json({ kind: 'read', url, signal: new AbortController().signal })).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('it speaks no TLS at this port; is it "http://", or another port?'),
    advice: 'mend what the reason says; it is tried again by itself',
  })
})

test.each(['{"equity": NaN}', '{"equity": 1', 'null and void'])('%s is no answer', async (text) => {
  expect(await answerOf((_request, response) => response.end(text))).toMatchObject({ kind: 'temporary' })
})

test('an answer that asks for years of patience holds the calls of a block for a minute at most', async () => {
  const pace = new Pace({ read: LIMIT, control: LIMIT })
  pace.pause('read', 99_999_999_000)
  await expect(pace.take('read', new AbortController().signal)).rejects.toThrow('allows no call for another 60 s')
})
