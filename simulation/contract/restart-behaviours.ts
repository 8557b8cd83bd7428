import { followStream } from '@drawbridge/nats'
import { eventually } from '@drawbridge/testing'
import { AckPolicy } from '@nats-io/jetstream'
import type { Behaviour } from './behaviour.ts'
import { expecting, Inbox, type Scene } from './scene.ts'

const SECOND_NANOS = 1_000_000_000

/** A server that can be killed and started again with what it has stored. */
export interface Killable {
  readonly kill: () => Promise<void> | void
  readonly start: () => Promise<void> | void
}

export interface RestartBehaviour extends Omit<Behaviour, 'observe'> {
  readonly observe: (scene: Scene, server: Killable) => Promise<unknown>
}

/** Kills the server, lets something happen, starts it, and waits until the client is connected and JetStream answers. */
async function restarted(scene: Scene, server: Killable, meanwhile: () => Promise<void> = async () => undefined) {
  const statuses = scene.connection.status()
  await server.kill()
  await meanwhile()
  await server.start()
  for await (const status of statuses) if (status.type === 'reconnect') break
  await eventually(() => scene.manager.streams.info(scene.stream), { what: 'the stream' })
}

/** What is left when a server was killed. */
export const restartBehaviours: readonly RestartBehaviour[] = [
  {
    title: 'what was acknowledged is there, under the same sequence, and the stream is the same',
    observe: async (scene, server) => {
      await scene.createStream()
      await scene.fill('contract.a', 'contract.b', 'contract.a')
      const { created } = await scene.manager.streams.info(scene.stream)
      await restarted(scene, server)
      const after = await scene.manager.streams.info(scene.stream)
      return [
        after.created === created,
        await scene.kept({ seq: 1 }),
        await scene.kept({ last_by_subj: 'contract.*' }),
        await scene.publish('contract.a', '', expecting(2)),
        await scene.publish('contract.a', '', expecting(3)),
      ]
    },
    expected: [true, 'contract.a #1 a', 'contract.a #3 a', { refused: '400 10071 wrong last sequence: 3' }, { seq: 4 }],
  },
  {
    title: 'message ids are known that were stored before',
    observe: async (scene, server) => {
      await scene.createStream()
      await scene.publish('contract.a', '', { 'Nats-Msg-Id': '1' })
      await scene.publish('contract.a', '', { 'Nats-Msg-Id': '2' })
      await restarted(scene, server)
      return [
        await scene.publish('contract.a', '', { 'Nats-Msg-Id': '1' }),
        await scene.publish('contract.a', '', { 'Nats-Msg-Id': '3' }),
      ]
    },
    expected: [{ duplicateOf: 1 }, { seq: 3 }],
  },
  {
    title: 'following goes on, with nothing left out or twice',
    observe: async (scene, server) => {
      await scene.createStream()
      await scene.fill('contract.a', 'contract.b', 'contract.a')
      const heard: string[] = []
      const follower = await followStream(scene.connection, {
        stream: scene.stream,
        start: 'last-per-subject',
        onMessage: (message) => heard.push(`${message.subject} #${message.seq}`),
        onLost: (error) => heard.push(error.message),
      })
      await follower.caughtUp
      await restarted(scene, server)
      await scene.fill('contract.c')
      await eventually(() => heard.length === 3, { what: 'the new one' })
      return heard
    },
    expected: ['contract.b #2', 'contract.a #3', 'contract.c #4'],
  },
  {
    title: 'a consumer in memory is gone, a durable one is there',
    observe: async (scene, server) => {
      await scene.createStream()
      await scene.createConsumer({ name: 'memory', ack_policy: AckPolicy.None, mem_storage: true })
      await scene.createConsumer({ durable_name: 'durable', ack_policy: AckPolicy.Explicit })
      await restarted(scene, server)
      const info = (name: string) => scene.refusal(scene.manager.consumers.info(scene.stream, name))
      return [await info('memory'), (await info('durable')).startsWith('no refusal')]
    },
    expected: ['404 10014 consumer not found', true],
  },
  {
    title: 'what was not acked comes again, and what was not delivered comes',
    observe: async (scene, server) => {
      await scene.createStream()
      for (let count = 1; count <= 20; count += 1) await scene.fill(`contract.${count}`)
      await scene.createConsumer({
        durable_name: 'durable',
        ack_policy: AckPolicy.Explicit,
        ack_wait: 2 * SECOND_NANOS,
      })
      const before = scene.pull('durable', { batch: 15, expires: 30 * SECOND_NANOS })
      await before.seen(15)
      for (let index = 0; index < 10; index += 1) before.answer(index, '+ACK')
      await scene.connection.flush()
      await restarted(scene, server)
      const after = scene.pull('durable', { batch: 1_000, expires: 30 * SECOND_NANOS })
      // Acked messages may come too: the server may have lost the acks.
      const unacked = () =>
        new Set(after.messages.map(({ subject }) => Number(subject.split('.')[1])).filter((n) => n > 10))
      await eventually(() => unacked().size === 10, { what: 'all that was not acked' })
      return [...unacked()].sort((one, other) => one - other)
    },
    expected: [11, 12, 13, 14, 15, 16, 17, 18, 19, 20],
  },
  {
    title: 'who asked before is not served, and asks again',
    observe: async (scene, server) => {
      await scene.createStream()
      await scene.createConsumer({ durable_name: 'durable', ack_policy: AckPolicy.Explicit })
      const before = scene.pull('durable', { batch: 5, expires: 60 * SECOND_NANOS })
      await scene.connection.flush()
      await restarted(scene, server)
      await scene.fill('contract.a')
      const after = scene.pull('durable', { batch: 1, expires: 5 * SECOND_NANOS })
      return [(await after.seen(1)).length, before.told]
    },
    expected: [1, []],
  },
  {
    title: 'while it is away a publish is not stored, and subscribers hear again afterwards',
    observe: async (scene, server) => {
      await scene.createStream()
      const inbox = new Inbox(scene.connection, 'contract.>')
      await scene.connection.flush()
      await restarted(scene, server, async () => {
        await scene.client.publish('contract.lost', 'x', { timeout: 200 }).catch(() => undefined)
      })
      const stored = await scene.publish('contract.a', 'x')
      return [stored, await inbox.seen(1)]
    },
    expected: [{ seq: 1 }, ['contract.a x']],
  },
]
