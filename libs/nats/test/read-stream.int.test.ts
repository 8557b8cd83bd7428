import { infrastructure } from '@drawbridge/testing'
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { lastSeqOf, type ReadRange, readFirst, readStream } from '../src/read-stream.ts'

const STREAM = 'READ'
const MESSAGES = 1_000

let connection: NatsConnection
let manager: JetStreamManager
beforeAll(async () => {
  connection = await connect({ servers: infrastructure().natsUrl })
  manager = await jetstreamManager(connection)
  await manager.streams.add({ name: STREAM, subjects: ['read.>'] })
  const client = jetstream(connection)
  const sent = Array.from({ length: MESSAGES }, (_, index) => client.publish(`read.${index % 7}`, String(index + 1)))
  await Promise.all(sent)
})
afterAll(async () => {
  await manager?.streams.delete(STREAM)
  await connection?.close()
})

/** The sequences of each chunk. */
async function chunksOf(range: Partial<ReadRange>): Promise<readonly number[][]> {
  const chunks: number[][] = []
  for await (const messages of readStream(connection, { stream: STREAM, from: 1, to: MESSAGES, ...range }))
    chunks.push(messages.map(({ seq }) => seq))
  return chunks
}

const all = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const consumers = async () => (await manager.streams.info(STREAM)).state.consumer_count

test('a range comes whole, in order, in chunks of the size that is asked for', async () => {
  const chunks = await chunksOf({ size: 64 })

  expect(chunks.flat()).toEqual(all(1, MESSAGES))
  expect(Math.max(...chunks.map(({ length }) => length))).toBe(64)
})

test.each([
  [1, 1],
  [17, 17],
  [900, 2_000],
  [MESSAGES, MESSAGES],
])('from %i to %i comes what there is between', async (from, to) => {
  expect((await chunksOf({ from, to, size: 50 })).flat()).toEqual(all(from, Math.min(to, MESSAGES)))
})

test.each([
  ['behind the end', { from: MESSAGES + 1, to: MESSAGES + 9 }],
  ['that ends before it begins', { from: 10, to: 9 }],
  ['of a subject that nobody used', { filterSubjects: ['read.nobody'] }],
])('a range %s is empty', async (_, range) => {
  expect(await chunksOf(range)).toEqual([])
})

test('only subjects that are asked for come, and the newest of each where that is wanted', async () => {
  const ofThree = all(1, MESSAGES).filter((seq) => (seq - 1) % 7 === 3)
  expect((await chunksOf({ filterSubjects: ['read.3'], size: 10 })).flat()).toEqual(ofThree)
  expect((await chunksOf({ filterSubjects: ['read.3', 'read.4'], newestOnly: true })).flat()).toHaveLength(2)
  expect((await chunksOf({ newestOnly: true })).flat()).toEqual(all(MESSAGES - 6, MESSAGES))
})

test('payloads are left out where only headers are asked for', async () => {
  const [message] = await readFirst(connection, { stream: STREAM, from: 5, to: 5, headersOnly: true })
  expect([message?.seq, message?.data.length, message?.header('Nats-Msg-Size')]).toEqual([5, 0, '1'])
})

test('the first chunk alone is read where no more is wanted, and no consumer stays', async () => {
  const messages = await readFirst(connection, { stream: STREAM, from: 10, to: MESSAGES, size: 5 })

  expect(messages.map((message) => Number(message.string()))).toEqual(all(10, 14))
  await expect.poll(consumers).toBe(0)
})

test('whoever stops in the middle leaves no consumer', async () => {
  for await (const messages of readStream(connection, { stream: STREAM, from: 1, to: MESSAGES, size: 10 })) {
    expect(messages).toHaveLength(10)
    break
  }
  await expect.poll(consumers).toBe(0)
})

test('a reading goes on where its consumer is deleted in the middle', async () => {
  const seqs: number[] = []
  for await (const messages of readStream(connection, { stream: STREAM, from: 1, to: MESSAGES, size: 100 })) {
    seqs.push(...messages.map(({ seq }) => seq))
    if (seqs.length !== 300) continue
    for await (const { name } of manager.consumers.list(STREAM)) await manager.consumers.delete(STREAM, name)
  }
  expect(seqs).toEqual(all(1, MESSAGES))
})

test('a stream that does not exist is an error, after so many tries', async () => {
  const range = { stream: 'NOBODY', from: 1, to: 2, tries: 1 }
  await expect(readFirst(connection, range)).rejects.toThrow(
    'NATS delivers nothing more of the stream NOBODY from sequence 1 on',
  )
})

test('the end of a stream is the sequence of its last message', async () => {
  expect(await lastSeqOf(connection, STREAM)).toBe(MESSAGES)
})
