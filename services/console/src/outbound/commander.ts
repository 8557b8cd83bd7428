import { randomUUID } from 'node:crypto'
import { headerNames, streams } from '@drawbridge/contracts'
import { isWrongLastSequence, lastMessage, messageSince, messagesFrom, nextMessage } from '@drawbridge/nats'
import { HttpFault } from '@drawbridge/service-kit'
import { type JetStreamClient, type JetStreamManager, jetstream, type StoredMsg } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import type { Command } from '../core/command.ts'
import { type Outcome, type Outcomes, outcomeIn } from '../inbound/outcomes.ts'
import type { RiskFeed } from '../inbound/risk-feed.ts'
import type { RiskLogReader } from '../inbound/risk-log-reader.ts'

interface Sending {
  readonly traceparent: string
  /** The same command under the same key is one input; null: always a new command. */
  readonly key: string | null
  /** What the command is given for; null: for whatever is there. */
  readonly expected: Expected | null
}

/** The last input of users that the command is given with the knowledge of. */
export interface Expected {
  /** The subject of any such input, the command's own included. */
  readonly subject: string
  /** 0: there is none. */
  readonly lastSeq: number
}

/** The position of the command in the input log, and whether it was there before. */
interface Taken {
  readonly seq: number
  readonly duplicate: boolean
}

/** How long a key is known. */
const KEY_KNOWN_MS = 120_000
/** Our clock may be so far from that of the server. */
const CLOCKS_APART_MS = 60_000
/** How many commands on one subject are read, to find one that was published under another id. */
const READ_MAX = 1_000
/** How often another command may intervene. */
const ATTEMPTS_MAX = 5
const RANDOM_SUFFIX = /^[0-9a-f-]{36}$/
const TAKEN_WITHIN_MS = 2_000
const DECIDED_WITHIN_MS = 2_000

type CommandOutcome =
  | (Outcome & { readonly inputSeq: number })
  /** In the input log, and not decided in time. Without a sequence if that is not known. */
  | { readonly kind: 'pending'; readonly inputSeq: number | null }
  /** Not in the input log: something else is, that was not expected. */
  | { readonly kind: 'conflict' }

/**
 * Publishes commands to the input log, each once, and waits for their outcomes. The stream knows message ids for a short time
 * only, so that a command with a key is looked for first. Ids are unique in the whole stream: a user who may publish ticks can
 * use the id of a future command, and the stream then takes the command for a duplicate. So a reported duplicate is read; if
 * it is not the command, the command is published under another id.
 */
export class Commander {
  readonly #client: JetStreamClient
  readonly #manager: JetStreamManager
  readonly #feed: RiskFeed
  readonly #outcomes: Outcomes
  readonly #reader: RiskLogReader
  readonly #decidedWithinMs: number

  /** @param decidedWithinMs after this time a command is answered as not decided yet */
  constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    feed: RiskFeed,
    outcomes: Outcomes,
    reader: RiskLogReader,
    decidedWithinMs = DECIDED_WITHIN_MS,
  ) {
    this.#client = jetstream(connection, { timeout: TAKEN_WITHIN_MS })
    this.#manager = manager
    this.#feed = feed
    this.#outcomes = outcomes
    this.#reader = reader
    this.#decidedWithinMs = decidedWithinMs
  }

  /** @throws if the input log does not store it: then it may be sent again, under the same key */
  async send(command: Command, sending: Sending): Promise<CommandOutcome> {
    const watch = this.#outcomes.watch(command)
    try {
      const taken = await this.#put(command, sending)
      if (taken === null) return { kind: 'conflict' }
      const pending = async () => ({ kind: 'pending', inputSeq: await this.#feed.inputSeqOf(taken.seq) }) as const
      if ((await within(this.#feed.current, this.#decidedWithinMs)) === 'late') return pending()
      const inputSeq = taken.seq + this.#feed.inputsOffset
      const outcome = watch.outcomeOf(inputSeq)
      // A repeated command may have been decided already.
      const before = taken.duplicate ? await this.#reader.byInput(command.log, inputSeq) : null
      if (before !== null) return { ...outcomeIn(before, command), inputSeq }
      const decided = await within(outcome, this.#decidedWithinMs)
      return decided === 'late' ? pending() : { ...decided, inputSeq }
    } finally {
      watch.close()
    }
  }

  /** Null: the last input that changes the same is not the expected one. @throws if the stream does not store it */
  async #put(command: Command, sending: Sending): Promise<Taken | null> {
    const id = `operator:${sending.key ?? randomUUID()}`
    const before = sending.key === null ? null : await this.#findSince(command, id)
    if (before !== null) return { seq: before, duplicate: true }
    const taken = await this.#publish(command, id, sending.traceparent, sending.expected)
    if (taken === null || !taken.duplicate || (await this.#holds(taken.seq, command))) return taken
    return this.#putBeside(command, id, taken.seq, sending)
  }

  /**
   * Publishes under the id with a random suffix, which nobody can guess. It expects that no user has changed the same thing
   * since it was read, so that the same command under the same key is one input here as well.
   */
  async #putBeside(command: Command, id: string, foreignSeq: number, sending: Sending): Promise<Taken | null> {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const subject = sending.expected?.subject ?? command.ofAnyUser
      const lastSeq = (await lastMessage(this.#manager, streams.inputs, subject))?.seq ?? 0
      const next = await nextMessage(this.#manager, streams.inputs, command.subject, foreignSeq + 1)
      const own = await this.#findOwn(command, id, next)
      if (own !== null) return { seq: own, duplicate: true }
      if (sending.expected !== null && sending.expected.lastSeq !== lastSeq) return null
      const taken = await this.#publish(command, `${id}:${randomUUID()}`, sending.traceparent, { subject, lastSeq })
      if (taken !== null) return taken
    }
    throw tooMany()
  }

  /** The sequence of the same command with the same key, if it was published while the key is known. */
  async #findSince(command: Command, id: string): Promise<number | null> {
    const since = Date.now() - KEY_KNOWN_MS - CLOCKS_APART_MS
    return this.#findOwn(command, id, await messageSince(this.#manager, streams.inputs, command.subject, since))
  }

  /**
   * Looks through the commands on the same subject. Only users who may give commands can publish there; so our id is ours.
   * @param first where to begin; null: there are none
   */
  async #findOwn(command: Command, id: string, first: StoredMsg | null): Promise<number | null> {
    let read = 0
    for await (const message of messagesFrom(this.#manager, streams.inputs, command.subject, first)) {
      const used = message.header.get(headerNames.messageId)
      const isOwn = used === id || (used.startsWith(`${id}:`) && RANDOM_SUFFIX.test(used.slice(id.length + 1)))
      if (isOwn && isSame(message, command)) return message.seq
      read += 1
      if (read === READ_MAX) throw tooMany()
    }
    return null
  }

  /** Whether the command is stored. A missing message is not the work of a bot: bots can delete nothing. */
  async #holds(seq: number, command: Command): Promise<boolean> {
    const message = await this.#manager.streams.getMessage(streams.inputs, { seq })
    return message === null || isSame(message, command)
  }

  async #publish(command: Command, id: string, traceparent: string, expected: Expected | null): Promise<Taken | null> {
    const described = headers()
    described.set(headerNames.messageId, id)
    described.set(headerNames.traceparent, traceparent)
    if (expected !== null) {
      described.set(headerNames.expectedLastSubjectSequence, String(expected.lastSeq))
      described.set(headerNames.expectedLastSubjectSequenceSubject, expected.subject)
    }
    try {
      return await this.#client.publish(command.subject, command.payload, { headers: described })
    } catch (error) {
      if (isWrongLastSequence(error)) return null
      throw error
    }
  }
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | 'late'> {
  const { promise: late, resolve } = Promise.withResolvers<'late'>()
  const timer = setTimeout(() => resolve('late'), ms)
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function isSame(message: StoredMsg, { subject, payload }: Command): boolean {
  return message.subject === subject && Buffer.compare(message.data, payload) === 0
}

function tooMany(): HttpFault {
  const words = 'too many commands of this kind at once; send it again with the same key'
  return new HttpFault(503, 'too-many-commands', words)
}
