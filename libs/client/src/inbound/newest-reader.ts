import { decodeRiskEvent, type RiskEvent, subjects, type TraderEventType, type TraderId } from '@drawbridge/contracts'
import { type NewestAnswer, readNewestAnswer, Semaphore, type StoredEvent } from '@drawbridge/nats'
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
