import { durables, headerNames, printable, streams } from '@drawbridge/contracts'
import { ConnectionWatch } from '@drawbridge/nats'
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ConnectorWatch } from './connector-watch.ts'
import type { DatabaseWatch } from './database-watch.ts'
import type { GuardianWatch } from './guardian-watch.ts'
import type { RiskFeed } from './risk-feed.ts'

/** So many dead letters are shown, of so many that are looked through. */
const LETTERS = 20
const LOOKED_AT = 40
const TEXT_MAX = 500
const NOTHING_KNOWN = { connections: null, connectionsMax: null, lagMs: null } as const

/** Reads how each stage is doing. A part that does not answer is null or missing; the others are told. */
export class HealthReader {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  readonly #guardians: GuardianWatch
  readonly #feed: RiskFeed
  readonly #connectors: ConnectorWatch
  readonly #database: Pick<DatabaseWatch, 'told'> | null

  /** @param database null: there is none */
  constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    guardians: GuardianWatch,
    feed: RiskFeed,
    connectors: ConnectorWatch,
    database: Pick<DatabaseWatch, 'told'> | null,
  ) {
    this.#database = database
    this.#connection = connection
    this.#manager = manager
    this.#guardians = guardians
    this.#feed = feed
    this.#connectors = connectors
  }

  async read() {
    const { away } = ConnectionWatch.of(this.#connection)
    const isAway = away !== null
    const [sizes, storage, persister, deadLetters] = isAway
      ? [[], null, null, []]
      : await Promise.all([this.#sizes(), this.#storage(), this.#persister(), this.#deadLetters()])
    return {
      nats: { away },
      streams: sizes,
      storage,
      guardians: this.#guardians.all().map(({ instance, at, settled, lag, isActive }) => ({
        instance,
        heardAt: new Date(at).toISOString(),
        settled,
        lag,
        isActive,
      })),
      persister,
      database: this.#databaseNow(),
      connectors: this.#connectors
        .all()
        .map(({ heardAt, ...one }) => ({ ...one, heardAt: new Date(heardAt).toISOString() })),
      feed: { isCurrent: this.#feed.isCurrent },
      deadLetters,
    }
  }

  #databaseNow() {
    const told = this.#database?.told ?? null
    if (told === null) return null
    const { away, since, state } = told
    return { away, since: new Date(since).toISOString(), ...(state ?? NOTHING_KNOWN) }
  }

  async #sizes() {
    const infos = await Promise.all(
      Object.values(streams).map((name) => this.#manager.streams.info(name).catch(() => null)),
    )
    return infos
      .filter((info) => info !== null)
      .map(({ config, state }) => ({
        stream: config.name,
        messages: state.messages,
        bytes: state.bytes,
        bytesMax: config.max_bytes > 0 ? config.max_bytes : null,
        lastSeq: state.last_seq,
        lastAt: state.messages === 0 ? null : new Date(state.last_ts).toISOString(),
      }))
  }

  async #storage() {
    const account = await this.#manager.getAccountInfo().catch(() => null)
    if (account === null) return null
    const { storage, limits } = account
    return { bytes: storage, bytesMax: limits.max_storage > 0 ? limits.max_storage : null }
  }

  async #persister() {
    const info = await this.#manager.consumers.info(streams.risk, durables.persister).catch(() => null)
    if (info === null) return null
    return {
      pending: info.num_pending,
      unacknowledged: info.num_ack_pending,
      writtenUpTo: info.ack_floor.stream_seq,
      waiting: info.num_waiting,
    }
  }

  /** The last ones; what was deleted or has expired is left out. */
  async #deadLetters() {
    const info = await this.#manager.streams.info(streams.rejects).catch(() => null)
    if (info === null || info.state.messages === 0) return []
    const { first_seq, last_seq } = info.state
    const seqs: number[] = []
    for (let seq = last_seq; seq >= first_seq && seqs.length < LOOKED_AT; seq -= 1) seqs.push(seq)
    const read = (seq: number) => this.#manager.streams.getMessage(streams.rejects, { seq }).catch(() => null)
    const messages = (await Promise.all(seqs.map(read))).filter((message) => message !== null)
    return messages
      .filter((message) => message.header.has(headerNames.rejectReason))
      .slice(0, LETTERS)
      .map(letterOf)
  }
}

function letterOf(message: StoredMsg) {
  const { seq, time, subject, header, data } = message
  return {
    seq,
    at: time.toISOString(),
    stream: subject.split('.').at(-1) ?? '',
    subject: header.get(headerNames.rejectSubject),
    reason: header.get(headerNames.rejectReason),
    bytes: data.length,
    text: printable(message.string(), TEXT_MAX),
  }
}
