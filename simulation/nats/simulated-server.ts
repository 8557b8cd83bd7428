import type { NatsConnection } from '@nats-io/nats-core'
import { errors, NatsConnectionImpl, setTransportFactory } from '@nats-io/nats-core/internal'
import type { Moment } from '../awaits.ts'
import { currentProcess, outside, type SimulatedProcess } from '../process.ts'
import { JetStream } from './jetstream.ts'
import { headerBlock, type Message, NO_BYTES, type StoredMessage } from './message.ts'
import { Pipe } from './pipe.ts'
import { type ClientCommands, Outgoing, readCommands } from './protocol.ts'
import { Subscriptions } from './subscriptions.ts'
import { type ClientEnd, type DiallingOptions, SimulatedTransport, type WayToServer } from './transport.ts'

export type { StoredMessage } from './message.ts'

/** The faults of the network, all from one seed. */
export interface NetworkFaults {
  /** Virtual milliseconds that a chunk takes one way; the order within one direction of one connection is kept. */
  delayMs(connection: string, direction: 'to-server' | 'to-client'): number
}

export interface SimulatedServerOptions {
  readonly faults: NetworkFaults
  /** The server's clock, milliseconds since 1970; may step back. */
  readonly serverNow: () => number
  /** From 0 to below 1. */
  readonly random: () => number
}

/** A client and its present connection. */
interface Process {
  readonly name: string
  /** Null: not a process that can be stopped. */
  readonly owner: SimulatedProcess | null
  link: Link | null
  connection: NatsConnectionImpl | null
  killed: boolean
}

/** One connection, as the server sees it. */
interface Link {
  readonly name: string
  readonly client: ClientEnd
  readonly outgoing: Outgoing
  readonly toServer: Pipe<Uint8Array | 'closed'>
  readonly toClient: Pipe<Uint8Array>
}

const MAX_PAYLOAD = 1_048_576
/** As the services connect. */
const RECONNECT_WAIT_MS = 250
/** As in `connectNats`: a client that connects while its process is stopped must not wait for its own default of 20 s. */
const CONNECTED_WITHIN_MS = 5_000
const RECONNECT_JITTER_MS = 100
const INFO = {
  server_id: 'SIMULATED',
  server_name: 'simulated',
  version: '2.15.1',
  proto: 1,
  host: '127.0.0.1',
  port: 4222,
  headers: true,
  max_payload: MAX_PAYLOAD,
  jetstream: true,
}

/** A nats-server with JetStream in this process. The real client talks to it over a simulated network. */
export class SimulatedServer {
  /** Called at once when a stream has stored a message. */
  onStored: (stream: string, message: StoredMessage) => void = () => undefined
  /** Called when a client waits for the network: before anything follows from it. */
  onAwait: (by: string, moment: Moment) => void = () => undefined
  readonly #options: SimulatedServerOptions
  readonly #jetstream: JetStream
  readonly #subscriptions: Subscriptions<Link>
  readonly #processes = new Set<Process>()
  readonly #unreachable = new Set<string>()
  /** By name of the process: the beginnings of subjects that are lost on the way to and from it. */
  readonly #lostSubjects = new Map<string, readonly string[]>()
  #toFlush: Link[] = []
  #running = true

  constructor(options: SimulatedServerOptions) {
    this.#options = options
    this.#subscriptions = new Subscriptions(options.random)
    this.#jetstream = new JetStream({
      now: () => Math.floor(options.serverNow()),
      listens: (subject) => this.#subscriptions.any(subject),
      send: (subject, message) => this.#send(subject, message),
      turn: (work) => this.#turn(work),
      stored: (stream, message) => this.onStored(stream, message),
    })
  }

  /**
   * A real client, connected as services connect; it waits while the server cannot be reached.
   * @param name identifies it in faults and traces
   */
  async connect(name: string): Promise<NatsConnection> {
    const process: Process = { name, owner: currentProcess(), link: null, connection: null, killed: false }
    this.#processes.add(process)
    setTransportFactory({ factory: () => new SimulatedTransport() })
    const options: DiallingOptions = {
      servers: ['simulated:4222'],
      name,
      noRandomize: true,
      timeout: CONNECTED_WITHIN_MS,
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      reconnectDelayHandler: () => RECONNECT_WAIT_MS + Math.floor(this.#options.random() * RECONNECT_JITTER_MS),
      pingInterval: 5_000,
      maxPingOut: 2,
      noAsyncTraces: true,
      dialler: { dial: (end) => this.#dial(process, end) },
    }
    const connection = (await NatsConnectionImpl.connect(options)) as NatsConnectionImpl
    if (process.killed) return NEVER
    process.connection = connection
    void connection.closed().then(() => this.#processes.delete(process))
    // The class is written without `exactOptionalPropertyTypes`.
    return connection as NatsConnection
  }

  /** Breaks the connections of that name: messages on their way are lost. New ones are refused until {@link heal}. */
  cut(name: string): void {
    this.#unreachable.add(name)
    this.#lose((process) => process.name === name)
  }

  heal(name: string): void {
    this.#unreachable.delete(name)
  }

  /**
   * Messages on subjects with these beginnings are lost silently on their way to and from the connections of that name, as
   * in a cluster with a missing route.
   */
  loseSubjects(name: string, beginnings: readonly string[]): void {
    this.#lostSubjects.set(name, beginnings)
  }

  findSubjects(name: string): void {
    this.#lostSubjects.delete(name)
  }

  /**
   * The process of that name is dead immediately: it receives and sends nothing more. Messages that it had sent still
   * arrive, as from a process that was killed. A later connection of that name is another process.
   */
  kill(name: string): void {
    for (const process of this.#processes) {
      if (process.name !== name) continue
      process.killed = true
      this.#processes.delete(process)
      process.link?.toClient.cut()
      process.link?.toServer.push('closed', this.#delay(name, 'to-server'))
      silence(process.connection)
    }
  }

  /**
   * The server is killed, with all connections. Streams keep their messages, and durable consumers remain; but consumers
   * may lose the acks and deliveries of the last quarter of a second, and then deliver again.
   */
  stop(): void {
    if (!this.#running) return
    this.#running = false
    this.#jetstream.stop(this.#options.random)
    this.#lose(() => true)
  }

  /** While it is stopped, the disk loses these messages of a stream. */
  lose(stream: string, isLost: (message: StoredMessage) => boolean): void {
    this.#jetstream.stream(stream).lose(isLost)
  }

  start(): void {
    if (this.#running) return
    this.#running = true
    this.#jetstream.start()
  }

  /** While it is full, a stream refuses messages as if it had reached its limit of bytes. */
  setFull(stream: string, full: boolean): void {
    this.#jetstream.stream(stream).full = full
  }

  /** Consumers with one replica are lost and never answer; none are created until {@link makeConsumers}. */
  loseConsumers(stream: string): void {
    this.#jetstream.loseConsumers(stream)
  }

  makeConsumers(): void {
    this.#jetstream.makesConsumers = true
  }

  messages(stream: string): readonly StoredMessage[] {
    return this.#jetstream.stream(stream).messages
  }

  lastSeq(stream: string): number {
    return this.#jetstream.stream(stream).lastSeq
  }

  async #dial(process: Process, client: ClientEnd): Promise<WayToServer> {
    const { name } = process
    this.#at(process, 'dials')
    await passed(this.#delay(name, 'to-server') + this.#delay(name, 'to-client'))
    await process.owner?.going()
    if (process.killed) return NEVER
    if (!this.#running || this.#unreachable.has(name)) throw new errors.ConnectionError('connection refused')
    const link: Link = {
      name,
      client,
      outgoing: new Outgoing(),
      toServer: new Pipe((chunk) => {
        if (chunk === 'closed') return this.#forget(link)
        this.#receive(link, chunk)
        this.#at(process, 'served')
      }),
      toClient: new Pipe((chunk) => inProcess(process, () => client.receive(chunk))),
    }
    process.link = link
    this.#turn(() => this.#say(link).line(`INFO ${JSON.stringify(INFO)}`))
    return {
      send: (chunk) => {
        this.#at(process, 'sends')
        if (!process.killed) link.toServer.push(chunk, this.#delay(name, 'to-server'))
      },
      taken: () => this.#at(process, 'heard'),
      close: () => {
        if (!process.killed) link.toServer.push('closed', this.#delay(name, 'to-server'))
      },
    }
  }

  #at(process: Process, moment: Moment): void {
    if (!process.killed) this.onAwait(process.name, moment)
  }

  #receive(link: Link, chunk: Uint8Array): void {
    const commands: ClientCommands = {
      connect: () => undefined,
      ping: () => this.#say(link).line('PONG'),
      subscribe: (subject, queue, sid) => {
        this.#subscriptions.add(link, sid, subject, queue)
      },
      unsubscribe: (sid, max) => this.#subscriptions.end(link, sid, max),
      publish: (message) => this.#publish(link, message),
    }
    this.#turn(() => readCommands(chunk, commands))
  }

  #publish(link: Link, message: Message): void {
    if (this.#isLost(link, message.subject)) return
    const heard = this.#send(message.subject, message)
    const taken = this.#jetstream.take(message)
    if (heard || taken || message.reply === '') return
    const headers = headerBlock('503', { 'Nats-Subject': message.subject })
    this.#send(message.reply, { subject: message.reply, reply: '', headers, data: NO_BYTES }, link)
  }

  /** Sends to all subscribers of the subject, or only to one of them. False: there is no subscriber. */
  #send(subject: string, message: Message, only?: Link): boolean {
    const give = ({ client, sid }: { client: Link; sid: string }) => {
      if (!this.#isLost(client, message.subject)) this.#say(client).message(sid, message)
    }
    return this.#subscriptions.deliver(subject, give, only)
  }

  #isLost({ name }: Link, subject: string): boolean {
    return this.#lostSubjects.get(name)?.some((beginning) => subject.startsWith(beginning)) === true
  }

  #say(link: Link): Outgoing {
    if (link.outgoing.empty) this.#toFlush.push(link)
    return link.outgoing
  }

  /** The answers to one chunk, or of one timer, go to a client as one chunk. */
  #turn(work: () => void): void {
    work()
    const links = this.#toFlush
    this.#toFlush = []
    for (const link of links) link.toClient.push(link.outgoing.take(), this.#delay(link.name, 'to-client'))
  }

  #lose(chosen: (process: Process) => boolean): void {
    for (const process of this.#processes) {
      const { link } = process
      if (link === null || !chosen(process)) continue
      process.link = null
      link.toServer.cut()
      link.toClient.cut()
      this.#forget(link)
      // A separate event, as from a socket: never while the client handles the last chunk.
      outside(() => setTimeout(() => inProcess(process, () => outside(() => link.client.lost())), 0))
    }
  }

  #forget(link: Link): void {
    this.#subscriptions.endAll(link)
    link.toClient.cut()
    link.toServer.cut()
  }

  #delay(name: string, direction: 'to-server' | 'to-client'): number {
    return this.#options.faults.delayMs(name, direction)
  }
}

/** A stopped process handles it when it continues, after earlier work. */
function inProcess({ owner }: Process, work: () => void): void {
  if (owner === null) work()
  else owner.ring(work)
}

/** The answer for a dead process. */
const NEVER: Promise<never> = new Promise(() => undefined)

function passed(ms: number): Promise<void> {
  return ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, Math.ceil(ms)))
}

/** A dead process does not check whether its connection is alive, nor how long it has been connecting. */
function silence(connection: NatsConnectionImpl | null): void {
  connection?.protocol.heartbeats.cancel()
  if (connection !== null) connection.options.timeout = 2 ** 31 - 1
}
