import type { Msg } from '@nats-io/transport-node'
import type { Behaviour } from './behaviour.ts'
import type { Scene } from './scene.ts'

/** Asks for a message directly: by a subject, or by a body. */
async function ask({ connection, stream }: Scene, subject: string, body = ''): Promise<Msg> {
  return connection.request(`$JS.API.DIRECT.GET.${stream}${subject === '' ? '' : `.${subject}`}`, body)
}

async function told(scene: Scene, subject: string, body = ''): Promise<string> {
  const { headers, data } = await ask(scene, subject, body)
  if (headers !== undefined && headers.code !== 0) return `${headers.code} ${headers.description}`
  return `${headers?.get('Nats-Subject')} #${headers?.get('Nats-Sequence')} ${Buffer.from(data).toString()}`
}

/**
 * Reads that any replica may answer. One replica is never behind: that the simulation's is, by a time of the seed, is what
 * a real one does only in a cluster, and so cannot be seen here.
 */
export const directReadBehaviours: readonly Behaviour[] = [
  {
    title: 'nobody answers direct reads of a stream that does not allow them',
    observe: async (scene) => {
      await scene.createStream({ allow_direct: false })
      await scene.fill('contract.a')
      return ask(scene, 'contract.a').then(
        () => 'answered',
        (error: Error) => error.message.replace(scene.stream, 'STREAM'),
      )
    },
    expected: "no responders: '$JS.API.DIRECT.GET.STREAM.contract.a'",
  },
  {
    title: 'a direct read gives the newest message on a subject, by one with wildcards too',
    observe: async (scene) => {
      await scene.createStream({ allow_direct: true })
      await scene.fill('contract.x.a', 'contract.y.a', 'contract.x.b')
      const bySubject = [await told(scene, 'contract.x.a'), await told(scene, 'contract.*.a')]
      return [...bySubject, await told(scene, '', JSON.stringify({ last_by_subj: 'contract.*.a' }))]
    },
    expected: ['contract.x.a #1 a', 'contract.y.a #2 a', 'contract.y.a #2 a'],
  },
  {
    title: 'a direct read gives the message of a sequence',
    observe: async (scene) => {
      await scene.createStream({ allow_direct: true })
      await scene.fill('contract.a', 'contract.b')
      return told(scene, '', JSON.stringify({ seq: 1 }))
    },
    expected: 'contract.a #1 a',
  },
  {
    title: 'a direct read finds nothing that is not there, and wants to know what it is asked for',
    observe: async (scene) => {
      await scene.createStream({ allow_direct: true })
      await scene.fill('contract.a')
      return [await told(scene, 'contract.b'), await told(scene, '', JSON.stringify({ seq: 2 })), await told(scene, '')]
    },
    expected: ['404 Message Not Found', '404 Message Not Found', '408 Empty Request'],
  },
  {
    title: 'a direct read gives headers and bytes, and says where the message is from',
    observe: async (scene) => {
      await scene.createStream({ allow_direct: true })
      await scene.publish('contract.a', new Uint8Array([0, 255]), { name: 'value' })
      const { headers, data } = await ask(scene, 'contract.a')
      const kept = await scene.manager.streams.getMessage(scene.stream, { seq: 1 })
      const sameTime = new Date(headers?.get('Nats-Time-Stamp') ?? '').getTime() === kept?.time.getTime()
      return [headers?.get('name'), headers?.get('Nats-Stream') === scene.stream, sameTime, [...data]]
    },
    expected: ['value', true, true, [0, 255]],
  },
  {
    title: 'a direct read by the client is answered as by the leader, where there is one replica alone',
    observe: async (scene) => {
      await scene.createStream({ allow_direct: true })
      const seen: (readonly (number | undefined)[])[] = []
      for (let count = 0; count < 3; count += 1) {
        await scene.fill('contract.x.a')
        const query = { last_by_subj: 'contract.*.a' }
        const direct = await scene.manager.direct.getMessage(scene.stream, query)
        const leader = await scene.manager.streams.getMessage(scene.stream, query)
        seen.push([direct?.seq, leader?.seq])
      }
      return seen
    },
    expected: [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
  },
]
