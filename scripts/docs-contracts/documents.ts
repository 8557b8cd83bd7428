import { type DocumentedName, documentedSchemas, streamSettings } from '@drawbridge/contracts'
import { type Channel, channels, headers, parameters } from './channels.ts'
import { examples } from './examples.ts'

export const SCHEMAS_FOLDER = 'schemas'

/** The documents made from the code: their text by their path in `docs`. */
export function contractDocuments(version: string): ReadonlyMap<string, string> {
  const names = Object.keys(documentedSchemas) as DocumentedName[]
  return new Map([
    ['asyncapi.json', text(asyncApi(version))],
    ...names.map((name) => [`${SCHEMAS_FOLDER}/${name}.json`, text(jsonSchema(name))] as const),
  ])
}

function jsonSchema(name: DocumentedName): object {
  const parts = new Map<string, object>()
  const schema = plainSchema(documentedSchemas[name], '#/definitions/', parts)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: `${name}.json`,
    title: name,
    ...schema,
    ...(parts.size === 0 ? {} : { definitions: Object.fromEntries(parts) }),
    examples: examples[name].map(({ payload }) => payload),
  }
}

function text(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`
}

/** Who sends or hears what is marked so. */
const tags = [
  { name: 'bot', description: 'Sent by bots' },
  { name: 'operator', description: 'Sent by operators' },
  { name: 'anyone', description: 'Received by anybody who subscribes' },
  { name: 'guardian', description: 'Only for guardians' },
]

/** The whole of what crosses NATS, as AsyncAPI 3.0. Operations are those of Drawbridge: it receives what a bot sends. */
function asyncApi(version: string): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Drawbridge',
      version,
      description:
        'A bot reports its equity, Drawbridge judges it against limits, and says when to stop opening positions and ' +
        'when to go on. Operations are those of Drawbridge: what it receives, a bot or an operator sends.',
      license: { name: 'MIT' },
      tags,
    },
    defaultContentType: 'application/json',
    servers: {
      nats: {
        host: '{host}:{port}',
        protocol: 'nats',
        description: 'NATS 2.12 or newer with JetStream',
        variables: { host: { default: '127.0.0.1' }, port: { default: '4222' } },
      },
    },
    channels: mapped(channels, channelOf),
    operations: mapped(channels, operationOf),
    components: {
      messages: Object.fromEntries(Object.values(channels).map((one) => [messageName(one), messageOf(one)])),
      schemas: schemas(),
      parameters,
    },
    'x-jetstream-streams': streamSettings(1),
  }
}

function schemas(): Readonly<Record<string, object>> {
  const parts = new Map<string, object>()
  const whole = mapped(documentedSchemas, (schema) => plainSchema(schema, '#/components/schemas/', parts))
  return { ...whole, ...Object.fromEntries(parts) }
}

function channelOf({ address, description, stream, payload, ...rest }: Channel) {
  const names = [...address.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
  const name = messageName({ payload, ...rest })
  const kept = stream === null ? 'No stream keeps it.' : `Kept in the JetStream stream ${stream}.`
  return {
    address,
    description: `${description}. ${kept}`,
    servers: [{ $ref: '#/servers/nats' }],
    ...(names.length === 0
      ? {}
      : { parameters: Object.fromEntries(names.map((one) => [one, ref('parameters', one)])) }),
    messages: { [name]: ref('messages', name) },
    ...(stream === null ? {} : { 'x-jetstream-stream': stream }),
  }
}

function operationOf(channel: Channel, key: string) {
  const { action, by, description } = channel
  return {
    action,
    channel: { $ref: `#/channels/${key}` },
    summary: description,
    tags: [{ name: by }],
    messages: [{ $ref: `#/channels/${key}/messages/${messageName(channel)}` }],
  }
}

type MessageSource = Pick<Channel, 'payload' | 'headers'>

/** A risk event on its way to the stream has other headers than one that is heard. */
function messageName({ payload, headers: kind }: MessageSource): string {
  if (payload === null) return kind === 'reject' ? 'Reject' : 'Wake'
  return kind === 'out' ? `${payload}Out` : payload
}

function messageOf({ payload, headers: kind }: MessageSource) {
  const properties = headers[kind]
  return {
    ...(Object.keys(properties).length === 0 ? {} : { headers: { type: 'object', properties } }),
    ...(payload === null ? {} : { payload: ref('schemas', payload), examples: examples[payload] }),
    ...(payload === null && kind === 'reject' ? { contentType: 'application/octet-stream' } : {}),
  }
}

function ref(section: 'messages' | 'parameters' | 'schemas', name: string) {
  return { $ref: `#/components/${section}/${name}` }
}

function mapped<T, R>(record: Readonly<Record<string, T>>, change: (value: T, key: string) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}

/**
 * A schema as plain JSON without its own name: its position names it. A named part goes into `parts` once and is replaced
 * by a reference.
 */
function plainSchema(schema: object, partsAt: string, parts: Map<string, object>): object {
  const { $id: _name, ...nameless } = schema as { readonly $id?: string }
  const text = JSON.stringify(nameless, (_key, value: { readonly $id?: unknown } | null) => {
    const name = value?.$id
    if (typeof name !== 'string') return value
    if (!parts.has(name)) parts.set(name, plainSchema(value as object, partsAt, parts))
    return { $ref: partsAt + name }
  })
  return JSON.parse(text) as object
}
