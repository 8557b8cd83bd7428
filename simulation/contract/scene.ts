import { eventually } from '@drawbridge/testing'
import {
  type ConsumerConfig,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
  type PubAck,
  type StreamConfig,
} from '@nats-io/jetstream'
import { createInbox, headers, type Msg, type MsgHdrs, type NatsConnection, nuid } from '@nats-io/transport-node'

/** Opens connections to the server that is under test. */
export type Connect = () => Promise<NatsConnection>

const SUBJECTS = ['contract.>']

/** What a publish came to. */
export type Published = { readonly seq: number } | { readonly duplicateOf: number } | { readonly refused: string }

type Headers = Readonly<Record<string, string | number>>

/** The words in which behaviours are written: the same client code, whatever the server. */
export class Scene {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly client: JetStreamClient
  /**
   * The name of the stream that a behaviour has for itself, for subjects `contract.>`. A new one each time: what a real
   * server keeps in a file under a name that was just deleted may come back when the name is used again.
   */
  readonly stream = `CONTRACT_${nuid.next()}`
  readonly #connect: Connect
  readonly #others: NatsConnection[] = []

  private constructor(connection: NatsConnection, manager: JetStreamManager, connect: Connect) {
    this.connection = connection
    this.manager = manager
    this.client = jetstream(connection, { timeout: 5_000 })
    this.#connect = connect
  }

  static async open(connect: Connect): Promise<Scene> {
    const connection = await connect()
    return new Scene(connection, await jetstreamManager(connection, { timeout: 5_000 }), connect)
  }

  async close(): Promise<void> {
    await this.manager.streams.delete(this.stream).catch(() => undefined)
    for (const other of this.#others) await other.close()
    await this.connection.close()
  }

  /** A client of its own. */
  async another(): Promise<NatsConnection> {
    const other = await this.#connect()
    this.#others.push(other)
    return other
  }

  /** Makes the stream of this behaviour. */
  createStream(settings: Partial<StreamConfig> = {}): Promise<unknown> {
    return this.manager.streams.add({ name: this.stream, subjects: SUBJECTS, ...settings } as StreamConfig)
  }

  async publish(subject: string, data: string | Uint8Array = '', fields: Headers = {}): Promise<Published> {
    try {
      return published(await this.client.publish(subject, data, { headers: headersOf(fields) }))
    } catch (error) {
      return { refused: told(error) }
    }
  }

  /** Publishes one after the other, with the subject's last token as the data. */
  async fill(...subjects: readonly string[]): Promise<void> {
    for (const subject of subjects) await this.client.publish(subject, subject.split('.').at(-1) ?? '')
  }

  createConsumer(settings: Partial<ConsumerConfig>): Promise<unknown> {
    return this.manager.consumers.add(this.stream, settings)
  }

  /** Asks the consumer for messages; what comes is collected. */
  pull(consumer: string, body: object | string, connection = this.connection): Inbox {
    const inbox = new Inbox(connection)
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${this.stream}.${consumer}`, text, { reply: inbox.address })
    return inbox
  }

  /** The newest message on a subject, or the one of a sequence; `none` where the client finds none. */
  async kept(query: { readonly last_by_subj: string } | { readonly seq: number }): Promise<string> {
    const message = await this.manager.streams.getMessage(this.stream, query)
    return message === null ? 'none' : `${message.subject} #${message.seq} ${message.string()}`.trim()
  }

  /** The error that the JetStream API answers to a call. */
  async refusal(call: Promise<unknown>): Promise<string> {
    try {
      return `no refusal: ${JSON.stringify(await call)}`
    } catch (error) {
      return told(error)
    }
  }
}

/** Collects what comes to an address. */
export class Inbox {
  readonly address = createInbox()
  readonly messages: Msg[] = []
  readonly #connection: NatsConnection

  constructor(connection: NatsConnection, subject?: string) {
    this.#connection = connection
    connection.subscribe(subject ?? this.address, { callback: (_error, message) => void this.messages.push(message) })
  }

  /** Waits for this many messages, and describes all that arrived. */
  async seen(count: number): Promise<readonly string[]> {
    await eventually(() => this.messages.length >= count, { what: `${count} messages, got ${this.messages.length}` })
    return this.told
  }

  get told(): readonly string[] {
    return this.messages.map(tellMessage)
  }

  /** Says what became of a message that was delivered. */
  answer(index: number, what: '+ACK' | '-NAK' | '+WPI' | '+TERM' | `-NAK ${string}`): void {
    this.#connection.publish(this.messages[index]?.reply ?? '', what)
  }
}

export function headersOf(fields: Headers): MsgHdrs {
  const built = headers()
  for (const [name, value] of Object.entries(fields)) built.set(name, String(value))
  return built
}

/** The expectation that a guardian has of the log's end. */
export function expecting(lastSeq: number | string, filter?: string): Headers {
  return {
    'Nats-Expected-Last-Subject-Sequence': lastSeq,
    ...(filter === undefined ? {} : { 'Nats-Expected-Last-Subject-Sequence-Subject': filter }),
  }
}

export function tellDelivery(message: JsMsg): string {
  const { streamSequence, deliverySequence, deliveryCount, pending } = message.info
  const times = deliveryCount === 1 ? '' : `, delivery ${deliveryCount}`
  return `${deliverySequence}: ${message.subject} #${streamSequence}${times}, ${pending} pending`
}

/** A status by its line and headers, a delivery by what its reply address says, anything else by subject and data. */
function tellMessage(message: Msg): string {
  const { subject, reply = '', headers: fields } = message
  if (fields !== undefined && fields.code !== 0) {
    const named = fields.keys().map((name) => `; ${name}: ${fields.get(name)}`)
    return [`${fields.code} ${fields.description}`.trim(), ...named].join('')
  }
  if (!reply.startsWith('$JS.ACK.')) return `${subject} ${message.string()}`.trim()
  const [, , , , count, streamSeq, deliverySeq, , pending] = reply.split('.')
  const times = count === '1' ? '' : `, delivery ${count}`
  return `${deliverySeq}: ${subject} #${streamSeq}${times}, ${pending} pending`
}

function published({ seq, duplicate }: PubAck): Published {
  return duplicate ? { duplicateOf: seq } : { seq }
}

function told(error: unknown): string {
  if (error instanceof JetStreamApiError) return `${error.status} ${error.code} ${error.message}`
  return error instanceof Error ? error.name : String(error)
}
