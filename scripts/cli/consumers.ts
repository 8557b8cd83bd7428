import { durables, streams } from '@drawbridge/contracts'
import { isConsumerMissing } from '@drawbridge/nats'
import {
  alignedRows,
  type Program,
  type ProgramContext,
  printLine,
  readOptions,
  UsageError,
} from '@drawbridge/service-kit/program'
import type { ConsumerInfo, JetStreamManager } from '@nats-io/jetstream'
import { managerOf, withNats } from './servers.ts'

const HELP = `Lists the consumers of the streams, and deletes one. A stream has room for so many, 1,000 by the server's default; where they
are used up, no guardian and no persister can start.

  npm run drawbridge -- consumers [--stream RISK] [--delete name] [--json]

  --stream name  of this stream alone, INPUTS or RISK; else of both
  --delete name  deletes the consumer of that name of --stream (default RISK); whoever reads by it makes another
  --json         one JSON object: {"consumers": [...]}
  --help         this text

The consumer of the persisters is never deleted: what is not stored yet would be forgotten. Exit codes: 0 done; 1 failed, also
where there is no such consumer; 2 the command line or the settings are not valid.
`

const STREAMS = [streams.inputs, streams.risk] as const
type ListedStream = (typeof STREAMS)[number]

interface ListedConsumer {
  readonly name: string
  readonly stream: string
  /** Subjects that it brings; empty: all. */
  readonly filter: string
  readonly created: string
  /** When it last brought a message; null: it has brought none since the server started. */
  readonly lastActive: string | null
  /** Messages that it has still to bring. */
  readonly pending: number
}

export const consumers: Program = { help: HELP, run }

async function run(args: readonly string[], context: ProgramContext): Promise<number> {
  const { stream, remove, json } = optionsOf(args)
  return withNats(context, async (connection) => {
    const manager = await managerOf(connection)
    if (remove !== null) return deleteOne(context, manager, stream ?? streams.risk, remove)
    const listed: ListedConsumer[] = []
    for (const name of stream === null ? STREAMS : [stream]) {
      for await (const info of manager.consumers.list(name)) listed.push(listedOf(info))
    }
    printLine(context.stdout, json ? JSON.stringify({ consumers: listed }) : tableOf(listed))
    return 0
  })
}

function optionsOf(args: readonly string[]) {
  const { values } = readOptions(args, {
    stream: { type: 'string' },
    delete: { type: 'string' },
    json: { type: 'boolean', default: false },
  })
  const stream = values.stream === undefined ? null : streamNamed(values.stream)
  const remove = values.delete ?? null
  if (remove === durables.persister) {
    throw new UsageError(`--delete ${remove}: by it the persisters know what is stored; it stays`)
  }
  if (remove !== null && !/^[^\s.*>/\\]+$/.test(remove)) throw new UsageError('--delete takes the name of one consumer')
  return { stream, remove, json: values.json }
}

function streamNamed(name: string): ListedStream {
  const stream = STREAMS.find((one) => one === name)
  if (stream === undefined)
    throw new UsageError(`--stream must be ${STREAMS.join(' or ')}, got ${JSON.stringify(name)}`)
  return stream
}

async function deleteOne(
  { stdout, stderr }: ProgramContext,
  manager: JetStreamManager,
  stream: ListedStream,
  name: string,
): Promise<number> {
  try {
    await manager.consumers.delete(stream, name)
    printLine(stdout, `deleted consumer ${name} of ${stream}`)
    return 0
  } catch (error) {
    if (!isConsumerMissing(error)) throw error
    printLine(stderr, `${stream} has no consumer ${name}; without --delete this command lists them`)
    return 1
  }
}

function listedOf({ name, stream_name: stream, config, created, delivered, num_pending: pending }: ConsumerInfo) {
  // The client's types call it a number; the server writes a time.
  const lastActive = delivered.last_active === undefined ? null : String(delivered.last_active)
  const filter = config.filter_subjects?.join(' ') ?? config.filter_subject ?? ''
  return { name, stream, filter, created, lastActive, pending } satisfies ListedConsumer
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
