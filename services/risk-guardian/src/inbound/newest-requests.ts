import { parseTraderId, queueGroups, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { answerNewest, type LogIdentity, lastMessage, requestedType } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import type { Failures } from '../failures.ts'
import type { Lanes } from '../lanes.ts'
import { checkNotRecreated, EventGoneError } from '../log-errors.ts'

interface NewestRequestsOptions {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  /** The log that the answers are from. */
  readonly identity: LogIdentity
  readonly lanes: Pick<Lanes, 'lastSeqOf'>
  readonly failures: Pick<Failures, 'fail' | 'stopping'>
  readonly log: Logger
}

/** The maximum of concurrent reads. */
const READS_MAX = 64
/** The maximum of askers that share an answer; beyond it, the first ones have asked again or given up. */
const ASKERS_MAX = 8
/** The maximum of waiting subjects; requests beyond it are dropped, and asked again. */
const WAITING_MAX = 10_000
/** By then, a client has repeated its request. */
const OLD_MS = 2_000
/** Inboxes, also of other accounts: a guardian may publish elsewhere too, and must not do so as an answer. */
const ANSWERABLE = /^(_INBOX|_R_)[._]/

interface Asked {
  readonly subject: string
  readonly trader: TraderId
  /** Whether events of all types are wanted. */
  readonly isAny: boolean
}

interface Waiting {
  readonly asked: Asked
  readonly askers: Msg[]
  since: number
}

/**
 * Answers gates that ask for the newest event of their trader. So a gate needs no consumer (a stream allows few of them),
 * and a bot needs no right to read the log. The event comes from the stream's leader: an older one must not open a gate.
 *
 * Subjects take turns, and all who ask for the same one share an answer: a client that asks endlessly delays nobody else.
 */
export class NewestRequests {
  readonly #options: NewestRequestsOptions
  /** By the subject that is asked for, in the order of the first request. */
  readonly #waiting = new Map<string, Waiting>()
  readonly #reading = new Set<string>()
  #subscription: Subscription | null = null
  #failing = false

  constructor(options: NewestRequestsOptions) {
    this.#options = options
    options.failures.stopping.addEventListener('abort', () => this.#stop())
  }

  start(): void {
    this.#subscription = this.#options.connection.subscribe(subjects.newestAll, {
      queue: queueGroups.guardians,
      callback: (error, request) => {
        if (error === null) this.#take(request)
      },
    })
  }

  #stop(): void {
    this.#waiting.clear()
    if (!this.#options.connection.isClosed()) this.#subscription?.unsubscribe()
    this.#subscription = null
  }

  #take(request: Msg): void {
    const asked = askedFor(request)
    if (asked === null) return
    const { subject } = asked
    const waiting = this.#waiting.get(subject)
    if (waiting !== undefined) {
      waiting.askers.push(request)
      waiting.since = performance.now()
      if (waiting.askers.length > ASKERS_MAX) waiting.askers.shift()
    } else if (this.#waiting.size < WAITING_MAX) {
      this.#waiting.set(subject, { asked, askers: [request], since: performance.now() })
      this.#next()
    }
  }

  #next(): void {
    for (const [subject, { asked, askers, since }] of this.#waiting) {
      if (this.#reading.size >= READS_MAX) return
      // The read that is under way may have begun before the request.
      if (this.#reading.has(subject)) continue
      this.#waiting.delete(subject)
      if (performance.now() - since > OLD_MS) continue
      this.#reading.add(subject)
      void this.#answer(asked, askers).finally(() => {
        this.#reading.delete(subject)
        this.#next()
      })
    }
  }

  /** If the log cannot be read there is no answer, and the gates that ask stay as closed as they are. */
  async #answer({ subject, trader, isAny }: Asked, askers: readonly Msg[]): Promise<void> {
    const { manager, identity, lanes, failures, log } = this.#options
    const known = isAny ? lanes.lastSeqOf(trader) : 0
    try {
      const newest = await lastMessage(manager, streams.risk, subject)
      if (this.#subscription === null) return
      checkNotRecreated(newest, known, subject)
      for (const asker of askers) answerNewest(asker, identity, newest)
      this.#failing = false
    } catch (error) {
      if (error instanceof EventGoneError) return failures.fail(error)
      if (this.#failing || this.#subscription === null) return
      this.#failing = true
      log.warn({ err: error }, 'gates are not sent the newest events: the risk log cannot be read')
    }
  }
}

/** What is asked for; null: it is not a valid request. */
function askedFor({ subject, reply = '', data }: Msg): Asked | null {
  if (!ANSWERABLE.test(reply)) return null
  const trader = parseTraderId(subject.slice(subjects.newest('').length))
  const type = data.length > TYPE_MAX ? null : requestedType(new TextDecoder().decode(data))
  if (!trader.ok || type === null || !type.ok) return null
  const isAny = type.value === null
  const wanted = type.value === null ? subjects.traderLog(trader.value) : subjects.event(type.value, trader.value)
  return { subject: wanted, trader: trader.value, isAny }
}

/** No type has a longer name. */
const TYPE_MAX = 40
