import { eventually } from '@drawbridge/testing'
import { AckPolicy } from '@nats-io/jetstream'
import type { Behaviour } from './behaviour.ts'
import { countsOf, DURABLE, durable, expires, MILLISECOND_NANOS, THREE, untilPending } from './durable.ts'

/** How clients ask consumers for messages, and what they get. */
export const pullBehaviours: readonly Behaviour[] = [
  {
    title: 'a request brings as many messages as it asks for, and no status',
    observe: async (scene) => {
      await durable(scene, THREE)
      const two = scene.pull('durable', { batch: 2, ...expires(5_000) })
      await two.seen(2)
      const one = scene.pull('durable', { batch: 1, ...expires(5_000) })
      return [await one.seen(1), two.told]
    },
    expected: [['3: contract.c #3, 0 pending'], ['1: contract.a #1, 2 pending', '2: contract.b #2, 1 pending']],
  },
  {
    title: 'a request without a word asks for one message',
    observe: async (scene) => {
      await durable(scene, THREE)
      const inbox = scene.pull('durable', '')
      await inbox.seen(1)
      await scene.pull('durable', { batch: 2, ...expires(5_000) }).seen(2)
      return inbox.told
    },
    expected: ['1: contract.a #1, 2 pending'],
  },
  {
    title: 'a request that waits is served when something comes',
    observe: async (scene) => {
      await durable(scene, [])
      const inbox = scene.pull('durable', { batch: 2, ...expires(5_000) })
      await scene.connection.flush()
      await scene.fill('contract.a')
      await inbox.seen(1)
      await scene.fill('contract.b')
      return inbox.seen(2)
    },
    expected: ['1: contract.a #1, 0 pending', '2: contract.b #2, 0 pending'],
  },
  {
    title: 'a request that is over says how much of it is left',
    observe: async (scene) => {
      await durable(scene, ['contract.a'])
      return scene.pull('durable', { batch: 5, ...expires(200) }).seen(2)
    },
    expected: ['1: contract.a #1, 0 pending', '408 Request Timeout; Nats-Pending-Messages: 4; Nats-Pending-Bytes: 0'],
  },
  {
    title: 'a request that does not wait is told that there is no more',
    observe: async (scene) => {
      await durable(scene, ['contract.a'])
      const some = await scene.pull('durable', { batch: 5, no_wait: true }).seen(2)
      return [some, await scene.pull('durable', { batch: 5, no_wait: true }).seen(1)]
    },
    expected: [['1: contract.a #1, 0 pending', '404 No Messages'], ['404 No Messages']],
  },
  {
    title: 'a request that waits in vain is told now and then that the consumer lives',
    observe: async (scene) => {
      await durable(scene, ['contract.a'], { ack_wait: 30_000 * MILLISECOND_NANOS })
      return scene.pull('durable', { batch: 5, ...expires(1_000), idle_heartbeat: 400 * MILLISECOND_NANOS }).seen(4)
    },
    expected: [
      '1: contract.a #1, 0 pending',
      '100 Idle Heartbeat; Nats-Last-Consumer: 1; Nats-Last-Stream: 1',
      '100 Idle Heartbeat; Nats-Last-Consumer: 1; Nats-Last-Stream: 1',
      '408 Request Timeout; Nats-Pending-Messages: 4; Nats-Pending-Bytes: 0',
    ],
  },
  {
    title: 'a request may not ask for heartbeats at more than half of its expiry',
    observe: async (scene) => {
      await durable(scene, [])
      return scene.pull('durable', { ...expires(300), idle_heartbeat: 200 * MILLISECOND_NANOS }).seen(1)
    },
    expected: ['400 Bad Request - heartbeat value too large'],
  },
  {
    title: 'a request to a consumer that does not exist gets no answer',
    observe: async (scene) => {
      await scene.createStream()
      const [told = ''] = await scene.pull('missing', { batch: 1 }).seen(1)
      return told.replace(scene.stream, 'it')
    },
    expected: '503; Nats-Subject: $JS.API.CONSUMER.MSG.NEXT.it.missing',
  },
  {
    title: 'a request is told when its consumer is deleted',
    observe: async (scene) => {
      await durable(scene, [])
      const inbox = scene.pull('durable', { batch: 1, ...expires(5_000) })
      await eventually(async () => (await countsOf(scene)).waiting === 1, { what: 'it to wait' })
      await scene.manager.consumers.delete(scene.stream, 'durable')
      return [
        await inbox.seen(1),
        await scene.refusal(scene.manager.consumers.info(scene.stream, 'durable')),
        await scene.refusal(scene.manager.consumers.delete(scene.stream, 'durable')),
      ]
    },
    expected: [['409 Consumer Deleted'], '404 10014 consumer not found', '404 10014 consumer not found'],
  },
  {
    title: 'two clients are served in turn',
    observe: async (scene) => {
      await durable(scene, [])
      const one = scene.pull('durable', { batch: 10, ...expires(5_000) })
      const other = scene.pull('durable', { batch: 10, ...expires(5_000) }, await scene.another())
      await eventually(async () => (await countsOf(scene)).waiting === 2, { what: 'both to wait' })
      await scene.fill('contract.1', 'contract.2', 'contract.3', 'contract.4')
      return [await one.seen(2), await other.seen(2)]
    },
    expected: [
      ['1: contract.1 #1, 0 pending', '3: contract.3 #3, 0 pending'],
      ['2: contract.2 #2, 0 pending', '4: contract.4 #4, 0 pending'],
    ],
  },
  {
    title: 'who has gone is not served',
    observe: async (scene) => {
      await durable(scene, [])
      const gone = await scene.another()
      scene.pull('durable', { batch: 10, ...expires(60_000) }, gone)
      await eventually(async () => (await countsOf(scene)).waiting === 1, { what: 'it to wait' })
      await gone.close()
      await eventually(async () => (await countsOf(scene)).waiting === 0, { what: 'it to be gone' })
      await scene.fill('contract.a')
      return scene.pull('durable', { batch: 1, ...expires(5_000) }).seen(1)
    },
    expected: ['1: contract.a #1, 0 pending'],
  },
  {
    title: 'a message of another subject is neither delivered nor counted',
    observe: async (scene) => {
      await durable(scene, THREE, { filter_subject: 'contract.b' })
      await scene.fill('contract.c', 'contract.b')
      const pending = await untilPending(scene, 2)
      const inbox = scene.pull('durable', { batch: 2, ...expires(5_000) })
      return [pending, await inbox.seen(2)]
    },
    expected: [2, ['1: contract.b #2, 1 pending', '2: contract.b #5, 0 pending']],
  },
  {
    title: 'a durable consumer is made once, and not with other settings',
    observe: async (scene) => {
      await durable(scene, ['contract.a'])
      await scene.pull('durable', { batch: 1, ...expires(5_000) }).seen(1)
      await scene.createConsumer(DURABLE)
      const { delivered } = await countsOf(scene)
      return [delivered, await scene.refusal(scene.createConsumer({ ...DURABLE, max_ack_pending: 5 }))]
    },
    expected: [[1, 1], '400 10148 consumer already exists'],
  },
  {
    title: 'a consumer without requests is deleted when it is not durable',
    observe: async (scene) => {
      await scene.createStream()
      const name = 'passing'
      const threshold = 300 * MILLISECOND_NANOS
      await scene.createConsumer({ name, ack_policy: AckPolicy.None, inactive_threshold: threshold })
      const beat = { idle_heartbeat: 400 * MILLISECOND_NANOS }
      const waited = await scene.pull(name, { batch: 1, ...expires(900), ...beat }).seen(1)
      const info = () => scene.refusal(scene.manager.consumers.info(scene.stream, name))
      const there = (await info()).startsWith('no refusal')
      const gone = await eventually(() => info().then((told) => !told.startsWith('no') && told), { what: 'its end' })
      return [waited, there, gone]
    },
    expected: [
      ['100 Idle Heartbeat; Nats-Last-Consumer: 0; Nats-Last-Stream: 0'],
      true,
      '404 10014 consumer not found',
    ],
  },
]
