import { eventually, infrastructure } from '@drawbridge/testing'
import { type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Follower, type FollowOptions, followStream } from '../src/stream-follower.ts'

/** Each test has a stream of its own: a server may not be done with the files of a deleted one when its name is used again. */
let count = 0
let stream: string
let connection: NatsConnection
let manager: JetStreamManager
let followers: Follower[] = []
beforeAll(async () => {
  connection = await connect({ servers: infrastructure().natsUrl })
  manager = await jetstreamManager(connection)
})
beforeEach(async () => {
  for (const follower of followers) follower.stop()
  followers = []
  count += 1
  stream = `FOLLOWED_${count}`
  await manager.streams.add({ name: stream, subjects: [`${stream}.>`] })
})
afterAll(async () => {
  for (const follower of followers) follower.stop()
  for (let one = 1; one <= count; one += 1) await manager?.streams.delete(`FOLLOWED_${one}`)
  await connection?.close()
})

const put = async (...names: readonly string[]) => {
  for (const name of names) await jetstream(connection).publish(`${stream}.${name}`, name)
}

/** Follows the stream, and keeps what it brings as `<sequence> <name>`. */
async function follow(start: FollowOptions['start'], more: Partial<FollowOptions> = {}) {
  const heard: string[] = []
  const errors: Error[] = []
  const follower = await followStream(connection, {
    stream,
    start,
    onMessage: (message) => heard.push(`${message.seq} ${message.string()}`),
    onLost: (error) => errors.push(error),
    ...more,
  })
  followers.push(follower)
  return { follower, heard, errors }
}

test('what the stream holds comes first, then what is stored, in its order', async () => {
  await put('a', 'b', 'a')
  const { follower, heard } = await follow({ from: 2 })
  await follower.caughtUp
  expect(heard).toEqual(['2 b', '3 a'])

  await put('c', 'd')
  await eventually(() => heard.length === 4, { what: 'what is stored later' })
  expect(heard).toEqual(['2 b', '3 a', '4 c', '5 d'])
})

test('large messages do not get a busy follower disconnected', async () => {
  const name = 'FOLLOWED_LARGE'
  await manager.streams.add({ name, subjects: ['large'] })
  const large = new Uint8Array(1_000_000)
  for (let index = 0; index < 150; index += 1) await jetstream(connection).publish('large', large)
  await using own = await connect({ servers: infrastructure().natsUrl })
  const told: string[] = []
  void (async () => {
    for await (const status of own.status()) told.push(status.type)
  })()
  const seqs: number[] = []
  const follower = await followStream(own, {
    stream: name,
    start: { from: 1 },
    onMessage: ({ seq }) => {
      seqs.push(seq)
      // The server gets rid of nothing meanwhile, as with a program that is busy or stopped.
      const until = performance.now() + (seq === 1 ? 1_000 : 0)
      while (performance.now() < until);
    },
    onLost: (error) => told.push(String(error)),
  })
  await follower.caughtUp
  follower.stop()
  await manager.streams.delete(name)
  expect(seqs).toEqual(Array.from({ length: 150 }, (_, index) => index + 1))
  expect(told.filter((type) => type !== 'ping')).toEqual([])
})

test('the newest message of each subject comes, and then every one', async () => {
  await put('a', 'b', 'a')
  const { follower, heard } = await follow('last-per-subject')
  await follower.caughtUp
  expect(heard).toEqual(['2 b', '3 a'])

  await put('a', 'a')
  await eventually(() => heard.length === 4, { what: 'what is stored later' })
  expect(heard.slice(2)).toEqual(['4 a', '5 a'])
})

test.each(['last-per-subject', { from: 1 }] as const)(
  'an empty stream is caught up with at once: %o',
  async (start) => {
    const { follower, heard } = await follow(start)
    await follower.caughtUp
    await put('a', 'a')
    await eventually(() => heard.length === 2, { what: 'what is stored later' })
  },
)

test('only subjects that are asked for come', async () => {
  await put('a', 'b', 'c')
  const { follower, heard } = await follow({ from: 1 }, { filterSubjects: [`${stream}.a`, `${stream}.c`] })
  await follower.caughtUp
  expect(heard).toEqual(['1 a', '3 c'])
})

test('a consumer that is deleted is made again, and no message is left out or comes twice', async () => {
  await put('a')
  const { follower, heard } = await follow({ from: 1 })
  await follower.caughtUp
  for await (const { name } of manager.consumers.list(stream)) await manager.consumers.delete(stream, name)
  await put('b', 'c')

  await eventually(() => heard.length >= 3, { timeoutMs: 30_000, what: 'what was stored meanwhile' })
  expect(heard).toEqual(['1 a', '2 b', '3 c'])
})

test.each(['last-per-subject', { from: 1 }] as const)(
  'a shorter stream that replaces the followed one is followed from its beginning, if that is asked for: %j',
  async (start) => {
    let replaced = 0
    await put('a', 'b', 'c')
    const { follower, heard } = await follow(start, {
      onReplaced: () => {
        replaced += 1
      },
    })
    await follower.caughtUp
    expect(replaced).toBe(0)

    await manager.streams.delete(stream)
    await manager.streams.add({ name: stream, subjects: [`${stream}.>`] })
    await put('d')
    await eventually(() => heard.length === 4, { what: 'what the other stream holds' })
    await put('e')
    await eventually(() => heard.length === 5, { what: 'what is stored later' })
    expect(heard).toEqual(['1 a', '2 b', '3 c', '1 d', '2 e'])
    expect(replaced).toBe(1)
  },
)

test('an error of who listens ends it, and names the stream', async () => {
  await put('a', 'b')
  const onMessage = () => {
    throw new Error('cannot be read')
  }
  const { errors } = await follow({ from: 1 }, { onMessage })

  await eventually(() => errors.length > 0, { what: 'the error' })
  expect(errors[0]).toMatchObject({ message: expect.stringContaining(stream), cause: { message: 'cannot be read' } })
})

test('nothing comes after it was stopped, and no consumer stays', async () => {
  const { follower, heard } = await follow({ from: 1 })
  await follower.caughtUp
  follower.stop()
  await put('a')

  await expect.poll(async () => (await manager.streams.info(stream)).state.consumer_count).toBe(0)
  expect(heard).toEqual([])
})

test('a stream that does not exist is an error', async () => {
  await expect(follow({ from: 1 }, { stream: 'NOT_THERE' })).rejects.toThrow('stream not found')
})
