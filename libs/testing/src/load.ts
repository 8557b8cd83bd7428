import { subjects, type TraderId, toJsonBytes } from '@drawbridge/contracts'
import { connectNats } from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'

const log = createLogger('load', 'silent')
const STEP_MS = 10
/** After a delay of this process, overdue ticks are sent at once, but only those of at most this time. */
const CATCH_UP_MS = 500
/** While the server does not answer, ticks beyond this many are not sent. */
const UNANSWERED_MAX = 5_000

export interface Rate {
  readonly traders: number
  /** The rate of each trader. */
  readonly ticksPerSecond: number
}

/** The load for which the takeover time is promised. */
export const STANDBY_RATE: Rate = { traders: 100, ticksPerSecond: 10 }

/**
 * Ticks of many traders at a steady rate, over a separate connection. Equities vary so that limits are sometimes breached. An
 * unacknowledged tick is not repeated: only the content of the input log counts.
 */
export class Load {
  readonly #connection: NatsConnection
  readonly #client: JetStreamClient
  readonly #rate: Rate
  readonly #equities: number[]
  readonly #startedAt = performance.now()
  readonly #timer: NodeJS.Timeout
  readonly #unanswered = new Set<Promise<void>>()
  #due = 0
  #count = 0
  #random = 1
  #stored = 0

  private constructor(connection: NatsConnection, rate: Rate) {
    this.#connection = connection
    this.#client = jetstream(connection, { timeout: 5_000 })
    this.#rate = rate
    this.#equities = Array.from({ length: rate.traders }, () => 100_000)
    this.#timer = setInterval(() => this.#step(performance.now() - this.#startedAt), STEP_MS)
  }

  static async start(url: string, rate: Rate = STANDBY_RATE): Promise<Load> {
    return new Load(await connectNats(url, 'load', log), rate)
  }

  static trader(index: number): TraderId {
    return `load-${index}`
  }

  /** How many ticks were acknowledged. */
  get stored(): number {
    return this.#stored
  }

  /** Stops sending, and waits until no more of its ticks can arrive. Safe to repeat. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#unanswered)
    await this.#connection.close()
  }

  #step(elapsedMs: number): void {
    const { traders, ticksPerSecond } = this.#rate
    const perMs = (traders * ticksPerSecond) / 1_000
    const due = Math.floor(elapsedMs * perMs)
    const skipTo = due - Math.ceil(CATCH_UP_MS * perMs)
    for (this.#due = Math.max(this.#due, skipTo); this.#due < due; this.#due++) {
      if (this.#unanswered.size < UNANSWERED_MAX) this.#send()
    }
  }

  #send(): void {
    const index = this.#count % this.#rate.traders
    this.#count += 1
    this.#random = (Math.imul(this.#random, 1_664_525) + 1_013_904_223) >>> 0
    const equity = Math.max(100, (this.#equities[index] ?? 0) + Math.floor((this.#random / 2 ** 32 - 0.5) * 2_000))
    this.#equities[index] = equity
    const payload = toJsonBytes({ equity: (equity / 100).toFixed(2) })
    const answered = this.#client.publish(subjects.tick(Load.trader(index)), payload).then(
      () => {
        this.#stored += 1
      },
      () => undefined,
    )
    this.#unanswered.add(answered)
    void answered.finally(() => this.#unanswered.delete(answered))
  }
}
