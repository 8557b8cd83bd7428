import { streamSettings } from '@drawbridge/contracts'
import { eventually } from '@drawbridge/testing'
import { StorageType, type StreamConfig } from '@nats-io/jetstream'
import type { Behaviour } from './behaviour.ts'
import type { Scene } from './scene.ts'

const MILLISECOND_NANOS = 1_000_000
const NO_MESSAGE = { code: 404, err_code: 10_037, description: 'no message found' }

async function stateOf({ manager, stream }: Scene) {
  const { state } = await manager.streams.info(stream, { subjects_filter: '>' })
  const { messages, bytes, first_seq: first, last_seq: last, num_subjects: subjects = 0, subjects: counts = {} } = state
  return { messages, bytes, first, last, subjects, counts }
}

/** The settings of our streams, as requested and as answered, under names and subjects that nothing else uses. */
async function settingsAnswered({ manager, stream }: Scene): Promise<readonly (readonly string[])[]> {
  const differences: string[][] = []
  for (const { subjects: _own, subject_transform: transform, republish, ...shared } of streamSettings(1)) {
    const asked = {
      ...shared,
      name: `${stream}_${shared.name}`,
      subjects: ['contract.>'],
      ...(transform === undefined ? {} : { subject_transform: { src: 'contract.>', dest: 'kept.>' } }),
      ...(republish === undefined ? {} : { republish: { src: 'kept.>', dest: 'kept.>' } }),
    }
    const { config, did_create: created } = (await manager.streams.add(asked as unknown as StreamConfig)) as {
      config: object
      did_create?: boolean
    }
    const answered = new Map<string, unknown>(Object.entries(config))
    differences.push([
      String(created),
      ...Object.entries(asked)
        .filter(([name, value]) => JSON.stringify(answered.get(name)) !== JSON.stringify(value))
        .map(([name, value]) => `${name}: asked ${JSON.stringify(value)}, got ${JSON.stringify(answered.get(name))}`),
    ])
    await manager.streams.delete(asked.name)
  }
  return differences
}

/** Streams themselves: making, asking, deleting, bounds. */
export const streamBehaviours: readonly Behaviour[] = [
  {
    title: 'a stream is made with the settings that are asked for',
    observe: settingsAnswered,
    expected: [['true'], ['true'], ['true']],
  },
  {
    title: 'a stream that is there with the same settings is made again without effect',
    observe: async (scene) => {
      await scene.createStream()
      await scene.fill('contract.a')
      const { created } = await scene.manager.streams.info(scene.stream)
      await scene.createStream()
      const after = await scene.manager.streams.info(scene.stream)
      return [after.created === created, after.state.messages]
    },
    expected: [true, 1],
  },
  {
    title: 'a stream that is there with other settings is not made',
    observe: async (scene) => {
      await scene.createStream()
      return scene.refusal(scene.createStream({ max_msgs: 5 }))
    },
    expected: '400 10058 stream name already in use with a different configuration',
  },
  {
    title: 'no two streams have subjects in common',
    observe: async (scene) => {
      await scene.createStream()
      return scene.refusal(scene.manager.streams.add({ name: 'OTHER', subjects: ['contract.a'] }))
    },
    expected: '400 10065 subjects overlap with an existing stream',
  },
  {
    title: 'a stream that does not exist is neither told of nor deleted',
    observe: async (scene) => [
      await scene.refusal(scene.manager.streams.info(scene.stream)),
      await scene.refusal(scene.manager.streams.delete(scene.stream)),
      await scene.refusal(scene.manager.streams.getMessage(scene.stream, { seq: 1 })),
      await scene.refusal(scene.manager.consumers.info(scene.stream, 'c')),
      await scene.refusal(scene.createConsumer({ name: 'c' })),
    ],
    expected: Array(5).fill('404 10059 stream not found'),
  },
  {
    title: 'an empty stream begins and ends at zero',
    observe: async (scene) => {
      await scene.createStream()
      return stateOf(scene)
    },
    expected: { messages: 0, bytes: 0, first: 0, last: 0, subjects: 0, counts: {} },
  },
  {
    title: 'a stream tells how many messages it has on which subjects, and how many bytes they take',
    observe: async (scene) => {
      await scene.createStream()
      await scene.publish('contract.a', 'abc', { name: 'value' })
      await scene.fill('contract.b', 'contract.a')
      return stateOf(scene)
    },
    expected: {
      messages: 3,
      bytes: 72 + 41 + 41,
      first: 1,
      last: 3,
      subjects: 2,
      counts: { 'contract.a': 2, 'contract.b': 1 },
    },
  },
  {
    title: 'a recreated stream is another stream and begins at one',
    observe: async (scene) => {
      // In memory, for the reason for which the names of streams are new ones.
      const inMemory = { storage: StorageType.Memory }
      await scene.createStream(inMemory)
      await scene.fill('contract.a', 'contract.a')
      const { created } = await scene.manager.streams.info(scene.stream)
      await scene.manager.streams.delete(scene.stream)
      await scene.createStream(inMemory)
      const after = await scene.manager.streams.info(scene.stream)
      return [
        after.created === created,
        Date.parse(after.created) >= Date.parse(created),
        await scene.publish('contract.a'),
      ]
    },
    expected: [false, true, { seq: 1 }],
  },
  {
    title: 'a stream tells what time it is by the clock of its server',
    observe: async (scene) => {
      await scene.createStream()
      await scene.fill('contract.a')
      const { ts = '', state } = await scene.manager.streams.info(scene.stream)
      const message = await scene.manager.streams.getMessage(scene.stream, { seq: 1 })
      const times = [
        Date.parse(state.first_ts),
        message?.time.getTime() ?? 0,
        Date.parse(state.last_ts),
        Date.parse(ts),
      ]
      return [times[0] === times[1], times[1] === times[2], Number(times[2]) <= Number(times[3])]
    },
    expected: [true, true, true],
  },
  {
    title: 'a stream that denies it is neither deleted from nor purged',
    observe: async (scene) => {
      await scene.createStream({ deny_delete: true, deny_purge: true })
      await scene.fill('contract.a')
      return [
        await scene.refusal(scene.manager.streams.deleteMessage(scene.stream, 1)),
        await scene.refusal(scene.manager.streams.purge(scene.stream)),
      ]
    },
    expected: ['500 10057 message delete not permitted', '500 10110 stream purge not permitted'],
  },
  {
    title: 'a stream that discards new messages refuses what is beyond its number',
    observe: async (scene) => {
      await scene.createStream({ max_msgs: 2, discard: 'new' } as Partial<StreamConfig>)
      await scene.fill('contract.a', 'contract.a')
      return [await scene.publish('contract.a'), (await stateOf(scene)).last]
    },
    expected: [{ refused: '503 10077 maximum messages exceeded' }, 2],
  },
  {
    title: 'a stream that discards new messages refuses what is beyond its bytes',
    observe: async (scene) => {
      await scene.createStream({ max_bytes: 150, discard: 'new' } as Partial<StreamConfig>)
      const large = await scene.publish('contract.a', 'x'.repeat(200))
      const first = await scene.publish('contract.a', 'x'.repeat(40))
      return [large, first, await scene.publish('contract.a', 'x'.repeat(40))]
    },
    expected: [
      { refused: '503 10077 maximum bytes exceeded' },
      { seq: 1 },
      { refused: '503 10077 maximum bytes exceeded' },
    ],
  },
  {
    title: 'a stream that discards old messages keeps the newest',
    observe: async (scene) => {
      await scene.createStream({ max_msgs: 2 })
      await scene.fill('contract.a', 'contract.b', 'contract.a')
      const { first, last, counts } = await stateOf(scene)
      return [first, last, counts, await scene.kept({ seq: 1 })]
    },
    expected: [2, 3, { 'contract.a': 1, 'contract.b': 1 }, 'none'],
  },
  {
    title: 'messages go when they are too old, and their sequences do not come again',
    observe: async (scene) => {
      const age = { max_age: 200 * MILLISECOND_NANOS, duplicate_window: 100 * MILLISECOND_NANOS }
      await scene.createStream(age)
      await scene.fill('contract.a', 'contract.b')
      await eventually(async () => (await stateOf(scene)).messages === 0, { what: 'the messages to be too old' })
      const { first, last, counts } = await stateOf(scene)
      const gone = await scene.kept({ last_by_subj: 'contract.>' })
      const next = await scene.client.publish('contract.a')
      return [first, last, counts, gone, next.seq]
    },
    expected: [3, 2, {}, 'none', 3],
  },
  {
    title: 'a message is read by its sequence, with its headers and bytes',
    observe: async (scene) => {
      await scene.createStream()
      await scene.publish('contract.a', new Uint8Array([0, 255]), { name: 'value' })
      const message = await scene.manager.streams.getMessage(scene.stream, { seq: 1 })
      return [message?.subject, message?.seq, message?.header.get('name'), [...(message?.data ?? [])]]
    },
    expected: ['contract.a', 1, 'value', [0, 255]],
  },
  {
    title: 'a sequence that the stream does not have is not found',
    observe: async (scene) => {
      await scene.createStream()
      const ask = async (seq: number) =>
        (await scene.connection.request(`$JS.API.STREAM.MSG.GET.${scene.stream}`, JSON.stringify({ seq }))).json<{
          error?: unknown
        }>().error
      const empty = await ask(1)
      await scene.fill('contract.a')
      return [empty, await ask(2), await scene.kept({ seq: 2 })]
    },
    expected: [NO_MESSAGE, NO_MESSAGE, 'none'],
  },
  {
    title: 'a question for no message is a bad one',
    observe: async (scene) => {
      await scene.createStream()
      const answer = await scene.connection.request(`$JS.API.STREAM.MSG.GET.${scene.stream}`, '{}')
      return answer.json<{ error: unknown }>().error
    },
    expected: { code: 400, err_code: 10_003, description: 'bad request' },
  },
  {
    title: 'the newest message is found by subject, by one with wildcards too',
    observe: async (scene) => {
      await scene.createStream()
      await scene.fill('contract.x.a', 'contract.y.a', 'contract.x.b', 'contract.x.c.d')
      const found: string[] = []
      for (const filter of ['contract.x.a', 'contract.*.a', 'contract.x.*', 'contract.x.>', '*.*.b', 'contract.*.z']) {
        found.push(await scene.kept({ last_by_subj: filter }))
      }
      await scene.fill('contract.z.a')
      return [...found, await scene.kept({ last_by_subj: 'contract.*.a' })]
    },
    expected: [
      'contract.x.a #1 a',
      'contract.y.a #2 a',
      'contract.x.b #3 b',
      'contract.x.c.d #4 d',
      'contract.x.b #3 b',
      'none',
      'contract.z.a #5 a',
    ],
  },
  {
    title: 'direct reads of a stream that does not allow them get no answer',
    observe: async (scene) => {
      await scene.createStream({ allow_direct: false })
      await scene.fill('contract.a')
      return scene.connection.request(`$JS.API.DIRECT.GET.${scene.stream}.contract.a`).then(
        () => 'answered',
        (error: Error) => error.message.replace(scene.stream, 'STREAM'),
      )
    },
    expected: "no responders: '$JS.API.DIRECT.GET.STREAM.contract.a'",
  },
]
