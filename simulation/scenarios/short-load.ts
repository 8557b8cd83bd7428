import { subjects, type TraderId, toJsonBytes } from '@drawbridge/contracts'
import { jetstream } from '@nats-io/jetstream'
import type { Load, LoadParts } from './scenario.ts'

const PAUSED_MS = 900

/** A few ticks of two traders and of an unknown one, a pause and its end, a change of limits, and a breach. */
export class ShortLoad implements Load {
  readonly #parts: LoadParts

  constructor(parts: LoadParts) {
    this.#parts = parts
  }

  start(): void {
    const [one = '', other = ''] = this.#parts.settings.bots.flat()
    const until = () => new Date(this.#parts.serverNow() + PAUSED_MS).toISOString()
    // Processes start within one and a half seconds.
    this.#at(200, () => this.#publish(subjects.tick('stranger'), { equity: 1_000 }))
    this.#at(1_600, () => this.#tick(one, '1000'))
    this.#at(1_600, () => this.#tick(other, '500'))
    this.#at(1_650, () => this.#publish(subjects.control('pause', one), { reason: 'a look', until: until() }))
    this.#at(1_700, () => this.#publish(subjects.controlLimits, { max_drawdown: 15 }))
    this.#at(1_750, () => this.#tick(one, '1001'))
    this.#at(1_800, () => this.#tick(other, '440'))
    this.#at(2_700, () => this.#tick(one, '1002'))
  }

  end(): void {
    // Everything was sent.
  }

  #at(ms: number, work: () => void): void {
    setTimeout(work, ms)
  }

  #tick(trader: TraderId, equity: string): void {
    this.#parts.botOf(trader)?.tick(trader, equity, this.#parts.serverNow())
  }

  #publish(subject: string, message: object): void {
    const { connection, trace } = this.#parts
    jetstream(connection, { timeout: 2_000 })
      .publish(subject, toJsonBytes(message))
      .catch(() => trace.add('operator', `no answer on ${subject}`))
  }
}
