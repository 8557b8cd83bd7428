import { eventually } from '@drawbridge/testing'
import type { StreamConfig } from '@nats-io/jetstream'
import { nuid } from '@nats-io/transport-node'
import type { Behaviour } from './behaviour.ts'
import { expecting, headersOf, Inbox, type Published, type Scene } from './scene.ts'

/** As RISK: kept under another name than published, and heard when it is kept. */
const KEPT = {
  subject_transform: { src: 'contract.>', dest: 'kept.>' },
  republish: { src: 'kept.>', dest: 'kept.>' },
} as Partial<StreamConfig>

const WRONG = (last: number): Published => ({ refused: `400 10071 wrong last sequence: ${last}` })

const ANY = { last_by_subj: '>' }

/** What streams take, refuse and let others hear. */
export const publishBehaviours: readonly Behaviour[] = [
  {
    title: 'what is published gets one sequence after the other',
    observe: async (scene) => {
      await scene.createStream()
      return [await scene.publish('contract.a'), await scene.publish('contract.b'), await scene.publish('contract.a')]
    },
    expected: [{ seq: 1 }, { seq: 2 }, { seq: 3 }],
  },
  {
    title: 'what is published without a wish for an answer is stored too, in order',
    observe: async (scene) => {
      await scene.createStream()
      for (const data of ['1', '2', '3']) scene.connection.publish('contract.a', data)
      return [await scene.publish('contract.a', '4'), await scene.kept(ANY)]
    },
    expected: [{ seq: 4 }, 'contract.a #4 4'],
  },
  {
    title: 'what no stream takes is refused at once',
    observe: async (scene) => {
      await scene.createStream()
      return scene.publish('elsewhere.a')
    },
    expected: { refused: 'JetStreamNotEnabled' },
  },
  {
    title: 'plain subscribers hear what a stream takes, under the subject it was published on',
    observe: async (scene) => {
      await scene.createStream({ subject_transform: { src: 'contract.>', dest: 'kept.>' } } as Partial<StreamConfig>)
      const inbox = new Inbox(scene.connection, 'contract.>')
      const kept = new Inbox(scene.connection, 'kept.>')
      await scene.publish('contract.a', 'x')
      return [await inbox.seen(1), kept.told]
    },
    expected: [['contract.a x'], []],
  },
  {
    title: 'an expectation that holds is stored',
    observe: async (scene) => {
      await scene.createStream()
      const first = await scene.publish('contract.x.a', '', expecting(0))
      await scene.fill('contract.x.b')
      return [first, await scene.publish('contract.x.a', '', expecting(1))]
    },
    expected: [{ seq: 1 }, { seq: 3 }],
  },
  {
    title: 'an expectation that does not hold is refused with where the log ends, and nothing is stored',
    observe: async (scene) => {
      await scene.createStream()
      const early = await scene.publish('contract.a', '', expecting(5))
      await scene.fill('contract.a', 'contract.a')
      const late = await scene.publish('contract.a', '', expecting(1))
      return [early, late, await scene.publish('contract.a', '', expecting(0)), await scene.publish('contract.a')]
    },
    expected: [WRONG(0), WRONG(2), WRONG(2), { seq: 3 }],
  },
  {
    title: 'an expectation with a wildcard is of the newest of all that it matches',
    observe: async (scene) => {
      await scene.createStream(KEPT)
      const expect = (lastSeq: number) => expecting(lastSeq, 'kept.*.bot1')
      return [
        await scene.publish('contract.assessed.bot1', '', expect(0)),
        await scene.publish('contract.assessed.bot2', '', expecting(0, 'kept.*.bot2')),
        await scene.publish('contract.breach.bot1', '', expect(0)),
        await scene.publish('contract.breach.bot1', '', expect(1)),
        await scene.publish('contract.assessed.bot1', '', expect(1)),
        await scene.publish('contract.assessed.bot1', '', expect(3)),
      ]
    },
    expected: [{ seq: 1 }, { seq: 2 }, WRONG(1), { seq: 3 }, WRONG(3), { seq: 4 }],
  },
  {
    title: 'an expectation whose filter does not cover the subject is judged by the filter alone',
    observe: async (scene) => {
      await scene.createStream(KEPT)
      await scene.fill('contract.assessed.bot1')
      return [
        await scene.publish('contract.assessed.bot1', '', expecting(0, 'kept.*.bot2')),
        await scene.publish('contract.assessed.bot1', '', expecting(2, 'kept.*.bot2')),
        await scene.publish('contract.assessed.bot1', '', expecting(0, 'contract.*.bot1')),
      ]
    },
    expected: [{ seq: 2 }, WRONG(0), { seq: 3 }],
  },
  {
    title: 'an expectation without a filter is of the subject that the message is kept under',
    observe: async (scene) => {
      await scene.createStream(KEPT)
      await scene.fill('contract.a', 'contract.b')
      return [await scene.publish('contract.a', '', expecting(0)), await scene.publish('contract.a', '', expecting(1))]
    },
    expected: [WRONG(1), { seq: 3 }],
  },
  {
    title: 'an expectation that is no number does not hold',
    observe: async (scene) => {
      await scene.createStream()
      return [
        await scene.publish('contract.a', '', expecting('x')),
        await scene.publish('contract.a', '', expecting('-1')),
      ]
    },
    expected: [WRONG(0), WRONG(0)],
  },
  {
    title: 'an expectation is of what is still there',
    observe: async (scene) => {
      await scene.createStream({ max_msgs: 1 })
      await scene.fill('contract.a', 'contract.b')
      return [await scene.publish('contract.a', '', expecting(1)), await scene.publish('contract.a', '', expecting(0))]
    },
    expected: [WRONG(0), { seq: 3 }],
  },
  {
    title: 'of many that expect the same end one is stored',
    observe: async (scene) => {
      await scene.createStream()
      const one = (data: string) => scene.publish('contract.a', data, expecting(0, 'contract.*'))
      const outcomes = await Promise.all(['1', '2', '3', '4', '5'].map(one))
      return [outcomes, await scene.kept(ANY)]
    },
    expected: [[{ seq: 1 }, WRONG(1), WRONG(1), WRONG(1), WRONG(1)], 'contract.a #1 1'],
  },
  {
    title: 'a publish may expect a stream, and where that ends',
    observe: async (scene) => {
      await scene.createStream()
      return [
        await scene.publish('contract.a', '', { 'Nats-Expected-Stream': 'OTHER' }),
        await scene.publish('contract.a', '', { 'Nats-Expected-Stream': scene.stream }),
        await scene.publish('contract.a', '', { 'Nats-Expected-Last-Sequence': 0 }),
        await scene.publish('contract.a', '', { 'Nats-Expected-Last-Sequence': 1 }),
      ]
    },
    expected: [{ refused: '400 10060 expected stream does not match' }, { seq: 1 }, WRONG(1), { seq: 2 }],
  },
  {
    title: 'a message id is stored once, and its repetition is told the first sequence',
    observe: async (scene) => {
      await scene.createStream()
      const withId = (id: string) => scene.publish('contract.a', '', { 'Nats-Msg-Id': id })
      return [await withId('1'), await withId('2'), await withId('1'), await withId('2'), await withId('3')]
    },
    expected: [{ seq: 1 }, { seq: 2 }, { duplicateOf: 1 }, { duplicateOf: 2 }, { seq: 3 }],
  },
  {
    title: 'a message id is known on every subject of the stream',
    observe: async (scene) => {
      await scene.createStream()
      const first = await scene.publish('contract.a', '', { 'Nats-Msg-Id': '1' })
      return [first, await scene.publish('contract.b', '', { 'Nats-Msg-Id': '1' })]
    },
    expected: [{ seq: 1 }, { duplicateOf: 1 }],
  },
  {
    title: 'a message id is forgotten after the window',
    observe: async (scene) => {
      await scene.createStream({ duplicate_window: 600_000_000 })
      const withId = () => scene.publish('contract.a', '', { 'Nats-Msg-Id': '1' })
      const first = await withId()
      const second = await withId()
      return [
        first,
        second,
        await eventually(() => withId().then((last) => 'seq' in last && last), { what: 'the end' }),
      ]
    },
    expected: [{ seq: 1 }, { duplicateOf: 1 }, { seq: 2 }],
  },
  {
    title: 'a repetition whose expectation does not hold is told so, one whose expectation holds is a repetition',
    observe: async (scene) => {
      await scene.createStream()
      const id = { 'Nats-Msg-Id': '1' }
      return [
        await scene.publish('contract.a', '', { ...id, ...expecting(0) }),
        await scene.publish('contract.a', '', { ...id, ...expecting(0) }),
        await scene.publish('contract.a', '', { ...id, ...expecting(1) }),
      ]
    },
    expected: [{ seq: 1 }, WRONG(1), { duplicateOf: 1 }],
  },
  {
    title: 'the id of a message that was refused is not known',
    observe: async (scene) => {
      await scene.createStream({
        max_msgs: 1,
        max_age: 1_000_000_000,
        duplicate_window: 1_000_000_000,
        discard: 'new',
      } as never)
      await scene.fill('contract.a')
      const id = { 'Nats-Msg-Id': '1' }
      const wrong = await scene.publish('contract.a', '', { ...id, ...expecting(7) })
      const full = await scene.publish('contract.a', '', id)
      const room = () => scene.publish('contract.a', '', id).then((later) => !('refused' in later) && later)
      return [wrong, full, await eventually(room, { what: 'room' })]
    },
    expected: [WRONG(1), { refused: '503 10077 maximum messages exceeded' }, { seq: 2 }],
  },
  {
    title: 'a stream that is full says first that an expectation does not hold',
    observe: async (scene) => {
      await scene.createStream({ max_msgs: 1, discard: 'new' } as Partial<StreamConfig>)
      await scene.fill('contract.a')
      return [await scene.publish('contract.a', '', expecting(0)), await scene.publish('contract.a', '', expecting(1))]
    },
    expected: [WRONG(1), { refused: '503 10077 maximum messages exceeded' }],
  },
  {
    title: 'what is kept under another subject is found under that one only',
    observe: async (scene) => {
      await scene.createStream(KEPT)
      await scene.publish('contract.a.b', 'x')
      return [await scene.kept(ANY), await scene.kept({ last_by_subj: 'contract.a.b' })]
    },
    expected: ['kept.a.b #1 x', 'none'],
  },
  {
    title: 'what is kept is heard, with its own headers, its sequence and the one before on its subject',
    observe: async (scene) => {
      await scene.createStream(KEPT)
      const inbox = new Inbox(scene.connection, 'kept.>')
      for (const subject of ['contract.a', 'contract.b', 'contract.a']) await scene.publish(subject, 'x', { own: 'y' })
      await inbox.seen(3)
      return inbox.messages.map(({ subject, headers }) => {
        const told = ['own', 'Nats-Stream', 'Nats-Subject', 'Nats-Sequence', 'Nats-Last-Sequence']
        return [subject, ...told.map((name) => headers?.get(name))].join(' ').replace(scene.stream, 'it')
      })
    },
    expected: ['kept.a y it kept.a 1 0', 'kept.b y it kept.b 2 0', 'kept.a y it kept.a 3 1'],
  },
  {
    title: 'what is heard names the time at which it was kept',
    observe: async (scene) => {
      await scene.createStream(KEPT)
      const inbox = new Inbox(scene.connection, 'kept.>')
      await scene.publish('contract.a')
      await inbox.seen(1)
      const heard = Date.parse(inbox.messages[0]?.headers?.get('Nats-Time-Stamp') ?? '')
      return heard === (await scene.manager.streams.getMessage(scene.stream, { seq: 1 }))?.time.getTime()
    },
    expected: true,
  },
  {
    title: 'what is refused, or repeated, is not heard',
    observe: async (scene) => {
      await scene.createStream(KEPT)
      const inbox = new Inbox(scene.connection, 'kept.>')
      await scene.publish('contract.a', '1', { 'Nats-Msg-Id': '1' })
      await scene.publish('contract.a', '2', expecting(7))
      await scene.publish('contract.a', '3', { 'Nats-Msg-Id': '1' })
      await scene.publish('contract.a', '4')
      return inbox.seen(2)
    },
    expected: ['kept.a 1', 'kept.a 4'],
  },
  {
    title: 'what is kept is heard before its publisher is told',
    observe: async (scene) => {
      await scene.createStream(KEPT)
      const order: string[] = []
      scene.connection.subscribe('kept.>', { callback: () => void order.push('heard') })
      await scene.publish('contract.a').then(() => order.push('told'))
      return order
    },
    expected: ['heard', 'told'],
  },
  {
    title: 'a batch gets one sequence after the other, is heard, and is answered once',
    observe: async (scene) => {
      await scene.createStream({ ...KEPT, allow_atomic: true })
      await scene.fill('contract.assessed.bot1')
      const inbox = new Inbox(scene.connection, 'kept.>')
      const outcome = await batch(scene, ['contract.breach.bot1', 'contract.assessed.bot1', 'contract.breach.bot1'], 1)
      const next = await scene.publish('contract.assessed.bot1', '', expecting(4, 'kept.*.bot1'))
      return [outcome, next, (await inbox.seen(4)).slice(0, 3), await scene.kept({ seq: 3 })]
    },
    expected: [
      { seq: 4 },
      { seq: 5 },
      ['kept.breach.bot1 1', 'kept.assessed.bot1 2', 'kept.breach.bot1 3'],
      'kept.assessed.bot1 #3 2',
    ],
  },
  {
    title: 'of a batch whose first message expects another end nothing is stored',
    observe: async (scene) => {
      await scene.createStream({ ...KEPT, allow_atomic: true })
      await scene.fill('contract.assessed.bot1')
      const outcome = await batch(scene, ['contract.breach.bot1', 'contract.assessed.bot1'], 0)
      return [outcome, await scene.kept(ANY)]
    },
    expected: [WRONG(1), 'kept.assessed.bot1 #1 bot1'],
  },
  {
    title: 'of a batch that lacks a message nothing is stored',
    observe: async (scene) => {
      await scene.createStream({ ...KEPT, allow_atomic: true })
      const outcome = await batch(scene, ['contract.a.bot1', null, 'contract.b.bot1'], 0)
      return [outcome, await scene.kept(ANY)]
    },
    expected: [{ refused: '400 10176 atomic publish batch is incomplete' }, 'none'],
  },
  {
    title: 'a stream takes no batches unless it was made to',
    observe: async (scene) => {
      await scene.createStream(KEPT)
      return [await batch(scene, ['contract.a.bot1', 'contract.b.bot1'], 0), await scene.kept(ANY)]
    },
    expected: [{ refused: '400 10174 atomic publish is disabled' }, 'none'],
  },
]

/** Publishes a batch to bot1's log, whose data are the places in it. Null: a message that gets lost. */
function batch(scene: Scene, subjects: readonly (string | null)[], lastSeq: number): Promise<Published> {
  const id = nuid.next()
  for (const [index, subject] of subjects.entries()) {
    const expectation = index === 0 ? expecting(lastSeq, 'kept.*.bot1') : {}
    const fields = { 'Nats-Batch-Id': id, 'Nats-Batch-Sequence': index + 1, ...expectation }
    if (subject === null) continue
    const data = String(index + 1)
    if (index === subjects.length - 1) return scene.publish(subject, data, { ...fields, 'Nats-Batch-Commit': 1 })
    scene.connection.publish(subject, data, { headers: headersOf(fields) })
  }
  throw new Error('the last message of a batch must not get lost')
}
