import { durables, streams } from '@drawbridge/contracts'
import { isConsumerMissing } from '@drawbridge/nats'
import { alignedRows, type Program, printLine, readOptions, UsageError } from '@drawbridge/service-kit/program'
import type { ConsumerInfo, JetStreamManager } from '@nats-io/jetstream'
import { flag, text } from './options.ts'
import { managerOf, withNats } from './servers.ts'

const HELP = `Lists the consumers of the streams, and deletes one. A stream can have a limited number, 1,000 by the server's default; if they
are used up, no guardian and no persister can start.

  npm run drawbridge -- consumers [--stream RISK] [--delete name] [--json]

  --stream name  only of this stream, INPUTS or RISK; default: both
  --delete name  deletes the consumer of that name of --stream (default RISK); its reader creates another one
  --json         one JSON object: {"consumers": [...]}
  --help         this text

The consumer of the persisters is never deleted, because it records what is stored. Exit codes: 0 done; 1 failed, also if no
such consumer exists; 2 the command line or the settings are not valid.
`

const STREAMS = [streams.inputs, streams.risk] as const

export const consumers: Program = {
  help: HELP,
  async run(args, context) {
    const { values } = readOptions(args, { stream: text, delete: text, json: flag })
    const { stream: name, delete: remove, json } = values
    const stream = STREAMS.find((one) => one === name)
    if (name !== undefined && stream === undefined) {
      throw new UsageError(`--stream must be ${STREAMS.join(' or ')}, got ${JSON.stringify(name)}`)
    }
    if (remove === durables.persister || remove === durables.notifier) {
      const whose =
        remove === durables.persister
          ? 'the persisters need it to know what is stored'
          : 'the notifier needs it to know what it has told'
      throw new UsageError(`--delete ${remove}: ${whose}; it is never deleted`)
    }
    if (remove !== undefined && !/^[^\s.*>/\\]+$/.test(remove)) {
      throw new UsageError('--delete takes the name of one consumer')
    }
    const said = await withNats(context, async (connection) => {
      const manager = await managerOf(connection)
      if (remove !== undefined) return deleteOne(manager, stream ?? streams.risk, remove)
      const listed: ListedConsumer[] = []
      for (const listedStream of stream === undefined ? STREAMS : [stream]) {
        for await (const info of manager.consumers.list(listedStream)) listed.push(listedOf(info))
      }
      return json ? JSON.stringify({ consumers: listed }) : tableOf(listed)
    })
    printLine(context.stdout, said)
    return 0
  },
}

async function deleteOne(manager: JetStreamManager, stream: string, name: string): Promise<string> {
  try {
    await manager.consumers.delete(stream, name)
    return `deleted consumer ${name} of ${stream}`
  } catch (error) {
    if (!isConsumerMissing(error)) throw error
    throw new Error(`${stream} has no consumer ${name}; without --delete this command lists them`)
  }
}

type ListedConsumer = ReturnType<typeof listedOf>

function listedOf({ name, stream_name: stream, config, created, delivered, num_pending: pending }: ConsumerInfo) {
  // When it last delivered a message; null: never since the server started. The client's types call it a number.
  const lastActive = delivered.last_active === undefined ? null : String(delivered.last_active)
  /** Empty: all subjects. */
  const filter = config.filter_subjects?.join(' ') ?? config.filter_subject ?? ''
  return { name, stream, filter, created, lastActive, pending }
}

function tableOf(listed: readonly ListedConsumer[]): string {
  if (listed.length === 0) return 'no consumers'
  const head = ['name', 'stream', 'filter', 'created', 'last active', 'pending']
  const rows = listed.map(({ name, stream, filter, created, lastActive, pending }) => [
    name,
    stream,
    filter === '' ? 'all' : filter,
    created.replace(/\..*Z$/, 'Z'),
    lastActive?.replace(/\..*Z$/, 'Z') ?? 'never',
    String(pending),
  ])
  return [...alignedRows([head, ...rows]), `${listed.length} consumers`].join('\n')
}
