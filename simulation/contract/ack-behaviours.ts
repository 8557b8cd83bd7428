import { eventually } from '@drawbridge/testing'
import type { Behaviour } from './behaviour.ts'
import { ACK_WAIT_MS, countsOf, DURABLE, durable, expires, MILLISECOND_NANOS, THREE, untilPending } from './durable.ts'

/** What consumers do with messages until they are acked. */
export const ackBehaviours: readonly Behaviour[] = [
  {
    title: 'a consumer tells what it has delivered, what is not acked and what is to come',
    observe: async (scene) => {
      await durable(scene, THREE)
      const before = await countsOf(scene)
      const inbox = scene.pull('durable', { batch: 2, ...expires(5_000) })
      await inbox.seen(2)
      const delivered = await countsOf(scene)
      inbox.answer(0, '+ACK')
      await eventually(async () => (await countsOf(scene)).unacked === 1, { what: 'the ack' })
      return [before, delivered, await countsOf(scene)]
    },
    expected: [
      { delivered: [0, 0], floor: [0, 0], unacked: 0, again: 0, waiting: 0, pending: 3 },
      { delivered: [2, 2], floor: [0, 0], unacked: 2, again: 0, waiting: 0, pending: 1 },
      { delivered: [2, 2], floor: [1, 1], unacked: 1, again: 0, waiting: 0, pending: 1 },
    ],
  },
  {
    title: 'what is not acked in time comes again, what is acked does not',
    observe: async (scene) => {
      await durable(scene, THREE)
      const inbox = scene.pull('durable', { batch: 10, ...expires(5_000) })
      await inbox.seen(3)
      inbox.answer(1, '+ACK')
      await inbox.seen(5)
      const { unacked, again, delivered } = await countsOf(scene)
      return [inbox.told.slice(0, 5), unacked, again, delivered]
    },
    expected: [
      [
        '1: contract.a #1, 2 pending',
        '2: contract.b #2, 1 pending',
        '3: contract.c #3, 0 pending',
        '4: contract.a #1, delivery 2, 0 pending',
        '5: contract.c #3, delivery 2, 0 pending',
      ],
      2,
      2,
      [5, 3],
    ],
  },
  {
    title: 'a message that became due without a request comes with the next request, before new messages',
    observe: async (scene) => {
      await durable(scene, ['contract.a'])
      await scene.pull('durable', { batch: 1, ...expires(5_000) }).seen(1)
      const empty = () => scene.pull('durable', { batch: 1, no_wait: true }).seen(1)
      const again = await eventually(async () => (await empty()).find((told) => !told.startsWith('404')), {
        what: 'it',
      })
      await scene.fill('contract.b')
      return [again, await scene.pull('durable', { batch: 2, ...expires(5_000) }).seen(2)]
    },
    expected: [
      '2: contract.a #1, delivery 2, 0 pending',
      ['3: contract.b #2, 0 pending', '4: contract.a #1, delivery 3, 0 pending'],
    ],
  },
  {
    title: 'an ack of an earlier delivery counts',
    observe: async (scene) => {
      await durable(scene, ['contract.a'])
      const inbox = scene.pull('durable', { batch: 10, ...expires(5_000) })
      await inbox.seen(2)
      inbox.answer(0, '+ACK')
      await eventually(async () => (await countsOf(scene)).unacked === 0, { what: 'the ack' })
      return countsOf(scene)
    },
    expected: { delivered: [2, 1], floor: [2, 1], unacked: 0, again: 0, waiting: 1, pending: 0 },
  },
  {
    title: 'no more is delivered while too much is not acked',
    observe: async (scene) => {
      await durable(scene, THREE, { max_ack_pending: 2, ack_wait: 5_000 * MILLISECOND_NANOS })
      const inbox = scene.pull('durable', { batch: 10, ...expires(5_000) })
      await inbox.seen(2)
      const held = await countsOf(scene)
      inbox.answer(1, '+ACK')
      return [held, await inbox.seen(3)]
    },
    expected: [
      { delivered: [2, 2], floor: [0, 0], unacked: 2, again: 0, waiting: 1, pending: 1 },
      ['1: contract.a #1, 2 pending', '2: contract.b #2, 1 pending', '3: contract.c #3, 0 pending'],
    ],
  },
  {
    title: 'what comes again is delivered although too much is not acked',
    observe: async (scene) => {
      await durable(scene, THREE, { max_ack_pending: 2 })
      const inbox = scene.pull('durable', { batch: 4, ...expires(5_000) })
      return inbox.seen(4)
    },
    expected: [
      '1: contract.a #1, 2 pending',
      '2: contract.b #2, 1 pending',
      '3: contract.a #1, delivery 2, 1 pending',
      '4: contract.b #2, delivery 2, 1 pending',
    ],
  },
  {
    title: 'what is refused comes again at once',
    observe: async (scene) => {
      await durable(scene, THREE, { ack_wait: 30_000 * MILLISECOND_NANOS })
      const inbox = scene.pull('durable', { batch: 4, ...expires(5_000) })
      await inbox.seen(3)
      inbox.answer(1, '-NAK')
      return (await inbox.seen(4)).slice(3)
    },
    expected: ['4: contract.b #2, delivery 2, 0 pending'],
  },
  {
    title: 'what is refused for a while comes again after that',
    observe: async (scene) => {
      await durable(scene, THREE, { ack_wait: 30_000 * MILLISECOND_NANOS })
      const inbox = scene.pull('durable', { batch: 5, ...expires(5_000) })
      await inbox.seen(3)
      inbox.answer(0, `-NAK ${JSON.stringify({ delay: 300 * MILLISECOND_NANOS })}`)
      inbox.answer(1, '-NAK')
      return (await inbox.seen(5)).slice(3)
    },
    expected: ['4: contract.b #2, delivery 2, 0 pending', '5: contract.a #1, delivery 2, 0 pending'],
  },
  {
    title: 'what is ended does not come again',
    observe: async (scene) => {
      await durable(scene, ['contract.a', 'contract.b'])
      const inbox = scene.pull('durable', { batch: 4, ...expires(5_000) })
      await inbox.seen(2)
      inbox.answer(0, '+TERM')
      return (await inbox.seen(4)).slice(2)
    },
    expected: ['3: contract.b #2, delivery 2, 0 pending', '4: contract.b #2, delivery 3, 0 pending'],
  },
  {
    title: 'an answer that something is being worked on puts off its coming again',
    observe: async (scene) => {
      await durable(scene, ['contract.a', 'contract.b'])
      const inbox = scene.pull('durable', { batch: 3, ...expires(5_000) })
      await inbox.seen(2)
      const working = setInterval(() => inbox.answer(0, '+WPI'), ACK_WAIT_MS / 4)
      await inbox.seen(3)
      clearInterval(working)
      return inbox.told.slice(2)
    },
    expected: ['3: contract.b #2, delivery 2, 0 pending'],
  },
  {
    title: 'an ack may be asked to be answered',
    observe: async (scene) => {
      await durable(scene, ['contract.a'])
      const inbox = scene.pull('durable', { batch: 1, ...expires(5_000) })
      await inbox.seen(1)
      const answer = await scene.connection.request(inbox.messages[0]?.reply ?? '', '+ACK')
      return [answer.data.length, (await countsOf(scene)).unacked]
    },
    expected: [0, 0],
  },
  {
    title: 'what was removed from the stream is neither delivered nor counted',
    observe: async (scene) => {
      await scene.createStream({ max_msgs: 2 })
      await scene.fill('contract.a')
      await scene.createConsumer(DURABLE)
      await scene.fill('contract.b', 'contract.c', 'contract.d')
      const pending = await untilPending(scene, 2)
      return [pending, await scene.pull('durable', { batch: 2, ...expires(5_000) }).seen(2)]
    },
    expected: [2, ['1: contract.c #3, 1 pending', '2: contract.d #4, 0 pending']],
  },
  {
    title: 'what was removed from the stream before its ack does not come again',
    observe: async (scene) => {
      await scene.createStream({ max_msgs: 1 })
      await scene.fill('contract.a')
      await scene.createConsumer(DURABLE)
      const inbox = scene.pull('durable', { batch: 3, ...expires(5_000) })
      await inbox.seen(1)
      await scene.fill('contract.b')
      return inbox.seen(3)
    },
    expected: ['1: contract.a #1, 0 pending', '2: contract.b #2, 0 pending', '3: contract.b #2, delivery 2, 0 pending'],
  },
]
