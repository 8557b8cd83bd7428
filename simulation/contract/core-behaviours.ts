import type { Behaviour } from './behaviour.ts'
import { headersOf, Inbox, type Scene } from './scene.ts'

/** Publishes each with its number, and tells which of them are heard by who listens to a pattern. */
async function heardOn(
  { connection }: Scene,
  pattern: string,
  subjects: readonly string[],
): Promise<readonly string[]> {
  const inbox = new Inbox(connection, pattern)
  for (const subject of subjects) connection.publish(subject)
  await connection.flush()
  return inbox.told
}

/** Messages without streams. */
export const coreBehaviours: readonly Behaviour[] = [
  {
    title: 'a subscriber hears its own subject and no other',
    observe: (scene) => heardOn(scene, 'core.a', ['core.a', 'core.b', 'core', 'core.a.b', 'core.aa']),
    expected: ['core.a'],
  },
  {
    title: 'a star stands for one token',
    observe: (scene) => heardOn(scene, 'core.*.x', ['core.a.x', 'core.b.x', 'core.a', 'core.a.b.x', 'core.a.xx']),
    expected: ['core.a.x', 'core.b.x'],
  },
  {
    title: 'a star at the end stands for one token',
    observe: (scene) => heardOn(scene, 'core.*', ['core.a', 'core', 'core.a.b']),
    expected: ['core.a'],
  },
  {
    title: 'a greater-than sign stands for one token or more',
    observe: (scene) => heardOn(scene, 'core.>', ['core.a', 'core', 'core.a.b', 'cores.a']),
    expected: ['core.a', 'core.a.b'],
  },
  {
    title: 'a star and a greater-than sign go together',
    observe: (scene) => heardOn(scene, '*.a.>', ['core.a', 'core.a.b', 'other.a.b.c', 'core.b.a']),
    expected: ['core.a.b', 'other.a.b.c'],
  },
  {
    title: 'each subscription hears a message, also two of one client',
    observe: async (scene) => {
      const narrow = new Inbox(scene.connection, 'core.a')
      const wide = await heardOn(scene, 'core.>', ['core.a'])
      return [narrow.told, wide]
    },
    expected: [['core.a'], ['core.a']],
  },
  {
    title: 'of a group one hears a message, and whoever is in none hears it too',
    observe: async ({ connection }) => {
      const heard: string[] = []
      const listen = (name: string, group?: string) =>
        connection.subscribe('core.group', {
          ...(group === undefined ? {} : { queue: group }),
          callback: (_error, message) => void heard.push(`${name} ${message.string()}`),
        })
      for (const [name, group] of [['g', 'one'], ['g', 'one'], ['h', 'two'], ['plain']] as const) listen(name, group)
      connection.publish('core.group', '1')
      connection.publish('core.group', '2')
      await connection.flush()
      return heard.toSorted()
    },
    expected: ['g 1', 'g 2', 'h 1', 'h 2', 'plain 1', 'plain 2'],
  },
  {
    title: 'a member of a group answers a request, and one that has left does not',
    observe: async (scene) => {
      const other = await scene.another()
      const listen = (name: string) =>
        other.subscribe('core.ask.*', {
          queue: 'group',
          callback: (_error, message) => void message.respond(`${name} ${message.subject}`),
        })
      const first = listen('first')
      const second = listen('second')
      await other.flush()
      first.unsubscribe()
      await other.flush()
      const answer = (await scene.connection.request('core.ask.a')).string()
      second.unsubscribe()
      await other.flush()
      const nobody = await scene.connection.request('core.ask.a').catch((error: Error) => error.name)
      return [answer, nobody]
    },
    expected: ['second core.ask.a', 'RequestError'],
  },
  {
    title: 'a subscription with a maximum ends by itself',
    observe: async ({ connection }) => {
      const heard: string[] = []
      connection.subscribe('core.max', { max: 2, callback: (_error, message) => void heard.push(message.string()) })
      for (const data of ['1', '2', '3']) connection.publish('core.max', data)
      await connection.flush()
      const nobody = await connection.request('core.max').catch((error: Error) => error.name)
      return [heard, nobody]
    },
    expected: [['1', '2'], 'RequestError'],
  },
  {
    title: 'who has unsubscribed hears nothing any more',
    observe: async ({ connection }) => {
      const heard: string[] = []
      const listening = connection.subscribe('core.a', {
        callback: (_error, message) => void heard.push(message.string()),
      })
      connection.publish('core.a', '1')
      await connection.flush()
      listening.unsubscribe()
      connection.publish('core.a', '2')
      await connection.flush()
      return heard
    },
    expected: ['1'],
  },
  {
    title: 'a request is answered by who listens',
    observe: async (scene) => {
      const other = await scene.another()
      other.subscribe('core.double', {
        callback: (_error, message) => void message.respond(`${message.string()}${message.string()}`),
      })
      await other.flush()
      return (await scene.connection.request('core.double', 'ab')).string()
    },
    expected: 'abab',
  },
  {
    title: 'a request without a subscriber fails at once',
    observe: async ({ connection }) => {
      const inbox = new Inbox(connection)
      connection.publish('core.nobody', 'x', { reply: inbox.address })
      return inbox.seen(1)
    },
    expected: ['503; Nats-Subject: core.nobody'],
  },
  {
    title: 'headers and bytes arrive as they were written',
    observe: async ({ connection }) => {
      const inbox = new Inbox(connection, 'core.headers')
      const fields = headersOf({ traceparent: '00-ab-cd-01', 'Mixed-Case': 'a: b', empty: '' })
      connection.publish('core.headers', new Uint8Array([0, 13, 10, 255]), { headers: fields, reply: 'core.reply' })
      await inbox.seen(1)
      const [message] = inbox.messages
      const read = message?.headers?.keys().map((name) => `${name}=${message.headers?.get(name)}`)
      return [read, [...(message?.data ?? [])], message?.reply]
    },
    expected: [['traceparent=00-ab-cd-01', 'Mixed-Case=a: b', 'empty='], [0, 13, 10, 255], 'core.reply'],
  },
  {
    title: 'a message has at most a mebibyte',
    observe: async ({ connection }) => {
      const most = connection.info?.max_payload ?? 0
      const heard = new Inbox(connection, 'core.large')
      connection.publish('core.large', new Uint8Array(most))
      await heard.seen(1)
      try {
        connection.publish('core.large', new Uint8Array(most + 1))
        return 'published'
      } catch (error) {
        return [most, heard.messages[0]?.data.length, (error as Error).message]
      }
    },
    expected: [1_048_576, 1_048_576, "'payload' max_payload size exceeded"],
  },
  {
    title: 'subscriptions outlive a reconnect',
    observe: async (scene) => {
      const other = await scene.another()
      const inbox = new Inbox(scene.connection, 'core.again')
      await scene.connection.flush()
      await reconnected(scene)
      other.publish('core.again', '1')
      return inbox.seen(1)
    },
    expected: ['core.again 1'],
  },
]

/** Breaks the connection, and waits until the client has connected again. */
export async function reconnected({ connection }: Scene): Promise<void> {
  const statuses = connection.status()
  await connection.reconnect()
  for await (const status of statuses) if (status.type === 'reconnect') break
  await connection.flush()
}
