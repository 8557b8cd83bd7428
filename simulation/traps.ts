import type { StoredMessage } from './nats/simulated-server.ts'
import { outside } from './process.ts'

/** When a transaction of the database has begun, and when it is committed. */
export type Moment = 'begun' | 'committed'

/** Faults planned for a moment: just after the server or the database did something, before any process knows it. */
export class Traps {
  readonly #onStored = new Map<string, (message: StoredMessage) => void>()
  readonly #onTransaction = new Map<Moment, (by: string) => void>()

  /** Springs when the stream stores its next message. */
  whenStored(stream: string, spring: (message: StoredMessage) => void): void {
    this.#onStored.set(stream, spring)
  }

  /** Springs when the next transaction reaches that moment; `by` is its process. */
  whenTransaction(moment: Moment, spring: (by: string) => void): void {
    this.#onTransaction.set(moment, spring)
  }

  clear(): void {
    this.#onStored.clear()
    this.#onTransaction.clear()
  }

  /** A stream has stored a message. */
  stored(stream: string, message: StoredMessage): void {
    const spring = this.#onStored.get(stream)
    this.#onStored.delete(stream)
    if (spring !== undefined) inAMoment(() => spring(message))
  }

  transaction(moment: Moment, by: string): void {
    const spring = this.#onTransaction.get(moment)
    this.#onTransaction.delete(moment)
    if (spring !== undefined) inAMoment(() => spring(by))
  }
}

/** Not during the server's current work, but before anything that it sends can arrive. */
function inAMoment(work: () => void): void {
  outside(() => setTimeout(work, 0))
}
