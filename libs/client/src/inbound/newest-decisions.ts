import {
  decodeRiskEvent,
  type RiskEvent,
  subjects,
  TRADER_EVENT_TYPES,
  type TraderEventType,
  type TraderId,
} from '@drawbridge/contracts'
import { type Logger, type NewestAnswer, readNewestAnswer, Semaphore, type StoredEvent } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'

const ANSWER_WITHIN_MS = 2_000
/** Limit of simultaneous questions of one process; the others wait. */
const ASKED_MAX = 64

/** A stored event that cannot be read: its decision is unknown, so the gate must stay closed. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError'

  constructor({ seq }: Pick<StoredEvent, 'seq'>, reason: string) {
    super(`event ${seq} of the risk log cannot be read: ${reason}`)
  }
}

/** Asks guardians for the newest event of a trader: they read it from the leader of the risk log. */
export class NewestReader {
  readonly #connection: NatsConnection
  readonly #questions = new Semaphore(ASKED_MAX)

  constructor(connection: NatsConnection) {
    this.#connection = connection
  }

  /**
   * @param type the wanted type; any if not given
   * @throws if no guardian answers, or its answer cannot be read
   */
  async read(trader: TraderId, type: TraderEventType | null = null): Promise<NewestAnswer> {
    const ask = () => this.#connection.request(subjects.newest(trader), type ?? '', { timeout: ANSWER_WITHIN_MS })
    const answer = readNewestAnswer(await this.#questions.run(ask))
    if (!answer.ok) throw new Error(`the answer of a guardian cannot be read: ${answer.reason}`)
    return answer.value
  }
}

/** @throws {UnreadableEventError} if it is not an event of that trader */
export function decodedEvent(stored: StoredEvent, trader: TraderId): RiskEvent {
  const event = decodeRiskEvent(stored.data)
  if (!event.ok) throw new UnreadableEventError(stored, event.reason)
  if (event.value.trader !== trader) throw new UnreadableEventError(stored, `it is of trader ${event.value.trader}`)
  return event.value
}

/** Limit of decisions that wait while earlier ones are read; then the oldest are dropped. */
const WAITING_MAX = 1_000

/**
 * Passes on the decisions on one trader in order. If some are missed, it first reads the newest of each type, so that a bot
 * learns of a breach that it missed.
 */
export class MissedDecisions {
  readonly #trader: TraderId
  readonly #reader: NewestReader
  readonly #tell: (event: RiskEvent) => void
  readonly #log: Logger
  /** The version that was passed on last; 0: none. */
  #told = 0
  #waiting: RiskEvent[] = []
  #reading = false

  constructor(trader: TraderId, reader: NewestReader, tell: (event: RiskEvent) => void, log: Logger) {
    this.#trader = trader
    this.#reader = reader
    this.#tell = tell
    this.#log = log
  }

  /** Takes a decision that the gate has applied. */
  take(event: RiskEvent): void {
    const isNext = this.#told === 0 || event.state.version === this.#told + 1
    if (isNext && !this.#reading) {
      this.#tellNext(event)
      return
    }
    this.#waiting.push(event)
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift()
    if (!this.#reading) void this.#readMissed()
  }

  /** From now on it is another log. */
  forget(): void {
    this.#told = 0
    this.#waiting = []
  }

  async #readMissed(): Promise<void> {
    this.#reading = true
    const outcomes = await Promise.allSettled(TRADER_EVENT_TYPES.map((type) => this.#reader.read(this.#trader, type)))
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) {
      this.#log.warn({ err: failed.reason, trader: this.#trader }, 'not all missed decisions can be read')
    }
    this.#reading = false
    const readable = outcomes.flatMap((outcome) => {
      const newest = outcome.status === 'fulfilled' ? outcome.value.newest : null
      try {
        return newest === null ? [] : [decodedEvent(newest, this.#trader)]
      } catch {
        // An unreadable decision closes the gate if it is the newest; an older one is skipped.
        return []
      }
    })
    const all = [...this.#waiting, ...readable].sort((one, other) => one.state.version - other.state.version)
    this.#waiting = []
    for (const event of all) this.#tellNext(event)
  }

  #tellNext(event: RiskEvent): void {
    if (event.state.version <= this.#told) return
    this.#told = event.state.version
    this.#tell(event)
  }
}
