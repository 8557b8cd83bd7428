import { parseTraderId, queueGroups, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { answerNewest, type LogIdentity, lastMessage, requestedType } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node'
import { checkNotRecreated, EventGoneError } from '../event-gone.ts'
import type { Failures } from '../failures.ts'
import type { Lanes } from '../lanes.ts'

interface NewestRequestsOptions {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  /** Which log the answers are of. */
  readonly binding: LogIdentity
  readonly lanes: Pick<Lanes, 'lastSeqOf'>
  readonly failures: Pick<Failures, 'fail' | 'stopping'>
  readonly log: Logger
}

/** So many reads are under way at once. */
const READS_MAX = 64
/** So many askers of one subject share an answer; of more, those that asked first have asked again or given up. */
const ASKERS_MAX = 8
/** So many subjects wait at most; requests beyond are left, and asked again. */
const WAITING_MAX = 10_000
/** Whoever asked has asked again by then. */
const OLD_MS = 2_000
/** Inboxes, and what the server makes of one in another account: a guardian may publish elsewhere, and must not here. */
const ANSWERABLE = /^(_INBOX|_R_)[._]/

interface Asked {
  readonly subject: string
  readonly trader: TraderId
  /** Whether its events of all types are meant. */
  readonly isAny: boolean
}

interface Waiting {
  readonly asked: Asked
  readonly askers: Msg[]
  since: number
}

/**
 * Answers gates that ask for the newest event of their trader. So a gate needs no consumer (a stream has few of them), and
 * a bot needs no right to read the log. The event comes from the stream's leader: a gate must not open by an older one.
 *
 * Subjects take turns, and all who ask for the same one have the same answer: whoever asks without end delays nobody else.
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
      // What is being read now may be older than the request.
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

  /** Where the log cannot be read there is no answer: whoever asks stays as closed as it is. */
  async #answer({ subject, trader, isAny }: Asked, askers: readonly Msg[]): Promise<void> {
    const { manager, binding, lanes, failures, log } = this.#options
    const known = isAny ? lanes.lastSeqOf(trader) : 0
    try {
      const newest = await lastMessage(manager, streams.risk, subject)
      if (this.#subscription === null) return
      checkNotRecreated(newest, known, subject)
      for (const asker of askers) answerNewest(asker, binding, newest)
      this.#failing = false
    } catch (error) {
      if (error instanceof EventGoneError) return failures.fail(error)
      if (this.#failing || this.#subscription === null) return
      this.#failing = true
      log.warn({ err: error }, 'gates are not told the newest events: the risk log cannot be read')
    }
  }
}

/** What is asked for; null: the request is none. */
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
