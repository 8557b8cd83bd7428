import { type FollowOptions, followStream } from '@drawbridge/nats'
import { eventually } from '@drawbridge/testing'
import { AckPolicy, type ConsumerConfig, DeliverPolicy } from '@nats-io/jetstream'
import type { Behaviour } from './behaviour.ts'
import { reconnected } from './core-behaviours.ts'
import { untilPending } from './durable.ts'
import { type Scene, tellDelivery } from './scene.ts'

type Start = FollowOptions['start']

/** Follows the stream as services do. */
async function follow(scene: Scene, start: Start, filterSubjects?: readonly string[]) {
  const heard: string[] = []
  const lost: Error[] = []
  const follower = await followStream(scene.connection, {
    stream: scene.stream,
    start,
    ...(filterSubjects === undefined ? {} : { filterSubjects }),
    onMessage: ({ subject, seq, pending }) => heard.push(`${heard.length + 1}: ${subject} #${seq}, ${pending} pending`),
    onLost: (error) => lost.push(error),
  })
  await follower.caughtUp
  const seen = async (count: number) => {
    await eventually(() => heard.length >= count, { what: `${count} messages, got ${heard.length}` })
    return heard
  }
  return { heard, seen, follower, lost }
}

/** Only what was heard of each message, whichever consumer brought it. */
function sequences(heard: readonly string[]): readonly string[] {
  return heard.map((told) => told.replace(/^\d+: /, '').replace(/, \d+ pending$/, ''))
}

const ORDERED: Partial<ConsumerConfig> = {
  name: 'ordered',
  ack_policy: AckPolicy.None,
  max_deliver: 1,
  mem_storage: true,
  num_replicas: 1,
  inactive_threshold: 60_000_000_000,
}

/** Ordered consumers, like the ones of guardians and gates. */
export const followBehaviours: readonly Behaviour[] = [
  {
    title: 'a stream is followed from a sequence on, in order, and on to what is new',
    observe: async (scene) => {
      await scene.createStream()
      await scene.fill('contract.a', 'contract.b', 'contract.a')
      const { seen } = await follow(scene, { from: 2 })
      await scene.fill('contract.c')
      return seen(3)
    },
    expected: ['1: contract.b #2, 1 pending', '2: contract.a #3, 0 pending', '3: contract.c #4, 0 pending'],
  },
  {
    title: 'a stream is followed from a sequence that it does not have yet',
    observe: async (scene) => {
      await scene.createStream()
      await scene.fill('contract.a')
      const { seen } = await follow(scene, { from: 3 })
      await scene.fill('contract.b', 'contract.c')
      // What comes before the sequence is counted as pending, and not at once: the message may come before that.
      return (await seen(1)).map((told) => told.replace(/, [01] pending$/, ''))
    },
    expected: ['1: contract.c #3'],
  },
  {
    title: 'an empty stream is followed at once',
    observe: async (scene) => {
      await scene.createStream()
      const { heard } = await follow(scene, 'last-per-subject')
      return heard
    },
    expected: [],
  },
  {
    title: 'of each subject the newest is read, in the order of the stream, and then all that is new',
    observe: async (scene) => {
      await scene.createStream()
      await scene.fill('contract.a', 'contract.b', 'contract.a', 'contract.c', 'contract.b')
      const { seen } = await follow(scene, 'last-per-subject')
      await scene.fill('contract.a')
      await seen(4)
      await scene.fill('contract.a')
      return seen(5)
    },
    expected: [
      '1: contract.a #3, 2 pending',
      '2: contract.c #4, 1 pending',
      '3: contract.b #5, 0 pending',
      '4: contract.a #6, 0 pending',
      '5: contract.a #7, 0 pending',
    ],
  },
  {
    title: 'of each subject the newest is what was so when the consumer was made, whatever comes meanwhile',
    observe: async (scene) => {
      await scene.createStream()
      await scene.fill('contract.a', 'contract.b', 'contract.a')
      const settings = { deliver_policy: DeliverPolicy.LastPerSubject, filter_subject: '>' }
      await scene.createConsumer({ ...ORDERED, ...settings })
      await scene.fill('contract.b', 'contract.c')
      const pending = await untilPending(scene, 4, 'ordered')
      const { delivered } = await scene.manager.consumers.info(scene.stream, 'ordered')
      const inbox = scene.pull('ordered', { batch: 10, no_wait: true })
      return [pending, delivered.stream_seq, await inbox.seen(5)]
    },
    expected: [
      4,
      1,
      [
        '1: contract.b #2, 3 pending',
        '2: contract.a #3, 2 pending',
        '3: contract.b #4, 1 pending',
        '4: contract.c #5, 0 pending',
        '404 No Messages',
      ],
    ],
  },
  {
    title: 'several filters are read together, in the order of the stream',
    observe: async (scene) => {
      await scene.createStream()
      await scene.fill('contract.x.a', 'contract.x.b', 'contract.y.a', 'contract.x.c', 'contract.x.a')
      const filters = ['contract.*.a', 'contract.x.c']
      const newest = await follow(scene, 'last-per-subject', filters)
      const all = await follow(scene, { from: 1 }, filters)
      return [await newest.seen(3), await all.seen(4)]
    },
    expected: [
      ['1: contract.y.a #3, 2 pending', '2: contract.x.c #4, 1 pending', '3: contract.x.a #5, 0 pending'],
      [
        '1: contract.x.a #1, 3 pending',
        '2: contract.y.a #3, 2 pending',
        '3: contract.x.c #4, 1 pending',
        '4: contract.x.a #5, 0 pending',
      ],
    ],
  },
  {
    title: 'an ordered consumer tells what it has to bring',
    observe: async (scene) => {
      await scene.createStream()
      await scene.fill('contract.a', 'contract.b', 'contract.a')
      const start = { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: 2 }
      await scene.createConsumer({ ...ORDERED, ...start })
      const {
        num_pending: pending,
        delivered,
        ack_floor: floor,
      } = await scene.manager.consumers.info(scene.stream, 'ordered')
      return [pending, delivered.consumer_seq, delivered.stream_seq, floor.stream_seq]
    },
    expected: [2, 0, 1, 1],
  },
  {
    title: 'following goes on after a reconnect where it was, with nothing left out or twice',
    observe: async (scene) => {
      await scene.createStream()
      await scene.fill('contract.a', 'contract.b')
      const { heard, seen } = await follow(scene, { from: 1 })
      await reconnected(scene)
      await scene.fill('contract.c', 'contract.d')
      await seen(4)
      return sequences(heard)
    },
    expected: ['contract.a #1', 'contract.b #2', 'contract.c #3', 'contract.d #4'],
  },
  {
    title: 'following goes on with what came while the connection was away',
    observe: async (scene) => {
      await scene.createStream()
      const other = await scene.another()
      const { heard, seen } = await follow(scene, 'last-per-subject')
      const back = reconnected(scene)
      for (const token of ['a', 'b', 'a']) other.publish(`contract.${token}`)
      await back
      await scene.fill('contract.c')
      await seen(4)
      return sequences(heard)
    },
    expected: ['contract.a #1', 'contract.b #2', 'contract.a #3', 'contract.c #4'],
  },
  {
    title: 'following goes on when its consumer is deleted',
    observe: async (scene) => {
      await scene.createStream()
      await scene.fill('contract.a')
      const consumer = await scene.client.consumers.get(scene.stream, { name_prefix: 'followed' })
      const heard: string[] = []
      await consumer.consume({
        expires: 2_000,
        idle_heartbeat: 500,
        callback: (message) => void heard.push(tellDelivery(message)),
      })
      await eventually(() => heard.length === 1, { what: 'the first' })
      await scene.manager.consumers.delete(scene.stream, 'followed_1')
      await scene.fill('contract.b')
      await eventually(() => heard.length === 2, { what: 'the second' })
      return sequences(heard)
    },
    expected: ['contract.a #1', 'contract.b #2'],
  },
  {
    title: 'a follower that has stopped hears nothing any more',
    observe: async (scene) => {
      await scene.createStream()
      await scene.fill('contract.a')
      const stopped = await follow(scene, { from: 1 })
      await stopped.seen(1)
      stopped.follower.stop()
      const other = await follow(scene, { from: 1 })
      await scene.fill('contract.b')
      await other.seen(2)
      return [sequences(stopped.heard), stopped.lost.length]
    },
    expected: [['contract.a #1'], 0],
  },
  {
    title: 'more than one request brings is followed in order',
    observe: async (scene) => {
      await scene.createStream()
      for (let count = 0; count < 5_000; count += 1) scene.connection.publish(`contract.${count % 7}`, String(count))
      await scene.connection.flush()
      await eventually(async () => (await scene.manager.streams.info(scene.stream)).state.messages === 5_000, {
        what: 'all',
      })
      const { heard, seen } = await follow(scene, { from: 1 })
      await seen(5_000)
      return [heard.length, heard.every((told, index) => told.includes(` #${index + 1},`)), heard.at(-1)]
    },
    expected: [5_000, true, '5000: contract.1 #5000, 0 pending'],
  },
]
