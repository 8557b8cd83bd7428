import { infrastructure } from '@drawbridge/testing'
import { connect, headers, type Msg, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AckLines } from '../src/client-internals/ack-lines.ts'
import { rawHeader } from '../src/client-internals/raw-header.ts'

/**
 * What this library takes from inside the NATS client, for speed. Where an upgrade of the client moves it, all goes on by
 * the client's public parts, only slower: then these tests fail, and say which.
 */
let connection: NatsConnection
beforeAll(async () => {
  connection = await connect({ servers: infrastructure().natsUrl })
})
afterAll(() => connection.close())

/** What is heard of a message that is published. */
async function heard(fields: Readonly<Record<string, string>> | null): Promise<Msg> {
  const subscription = connection.subscribe('internals', { max: 1 })
  const carried = headers()
  for (const [name, value] of Object.entries(fields ?? {})) carried.set(name, value)
  connection.publish('internals', 'payload', fields === null ? {} : { headers: carried })
  for await (const message of subscription) return message
  throw new Error('nothing was heard')
}

test('the client keeps the bytes of a message, and how many of them are headers', async () => {
  const message = (await heard({ name: 'value' })) as Msg & { _rdata?: Uint8Array; _msg?: { hdr?: number } }

  expect(message._rdata).toBeInstanceOf(Uint8Array)
  expect(message._msg?.hdr).toBeGreaterThan(0)
})

test.each([
  ['is there', { Name: 'value' }, 'Name', 'value'],
  ['is among others', { a: '1', Name: 'value', b: '2' }, 'Name', 'value'],
  ['stands in the value of another', { other: 'x Name: y' }, 'Name', ''],
  ['is not there', { other: 'x' }, 'Name', ''],
])('a header that %s is what the client says it is', async (_, fields, name, value) => {
  const message = await heard(fields)

  expect(rawHeader(message, name)).toBe(value)
  expect(message.headers?.get(name) ?? '').toBe(value)
})

test('a message without headers has none', async () => {
  expect(rawHeader(await heard(null), 'Name')).toBe('')
})

test('a message that keeps its bytes in another way is asked', () => {
  const carried = headers()
  carried.set('Name', 'value')

  expect(rawHeader({ headers: carried }, 'Name')).toBe('value')
})

test('the client takes commands as bytes', () => {
  const { protocol } = connection as unknown as { protocol?: { sendCommand?: unknown } }

  expect(protocol?.sendCommand).toBeInstanceOf(Function)
})

test('acknowledgements that are added together are sent, each to its subject', async () => {
  const subscription = connection.subscribe('ack.*', { max: 3 })
  const acks = AckLines.of(connection)
  for (const name of ['ack.1', 'ack.2', 'ack.3']) acks.add(name)

  const sent: string[] = []
  for await (const message of subscription) sent.push(`${message.subject} ${message.string()}`)
  expect(sent).toEqual(['ack.1 +ACK', 'ack.2 +ACK', 'ack.3 +ACK'])
})

test('a client that takes no bytes is given acknowledgements one by one', async () => {
  const sent: string[] = []
  const other = { publish: (subject: string) => sent.push(subject) } as unknown as NatsConnection

  AckLines.of(other).add('first')
  AckLines.of(other).add('second')

  await expect.poll(() => sent).toEqual(['first', 'second'])
})
