import { decodeConfigEvent, streams, subjects } from '@drawbridge/contracts'
import { followStream } from '@drawbridge/nats'
import type { Lifecycle, Logger } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'

/** The flag `enable_persistence` of the log; on until the log has one. */
export class PersistenceSwitch {
  readonly #log: Logger
  readonly #listeners = new Set<() => void>()
  #on = true

  constructor(log: Logger) {
    this.#log = log
  }

  get on(): boolean {
    return this.#on
  }

  /** Resolves when the flag in force is read; follows it from then on. */
  async follow(connection: NatsConnection, lifecycle: Lifecycle): Promise<void> {
    const follower = await followStream(connection, {
      stream: streams.risk,
      filterSubjects: [subjects.config('flags')],
      start: 'last-per-subject',
      onMessage: (message) => this.#read(message.data),
      // Another log may have no flag; if it has one, that comes next.
      onReplaced: () => this.#set(true, 'another risk log'),
      onLost: (error) => lifecycle.fail(error),
    })
    lifecycle.onStop('flags', () => follower.stop())
    await follower.caughtUp
  }

  /** Calls the listener after each change; the returned function stops that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves when the flag is on or the signal aborts. */
  async untilOn(signal: AbortSignal): Promise<void> {
    if (this.#on || signal.aborted) return
    await new Promise<void>((resolve) => {
      const look = () => {
        if (!this.#on && !signal.aborted) return
        forget()
        signal.removeEventListener('abort', look)
        resolve()
      }
      const forget = this.onChange(look)
      signal.addEventListener('abort', look)
    })
  }

  #read(bytes: Uint8Array): void {
    const event = decodeConfigEvent('flags', bytes)
    if (!event.ok || event.value.kind !== 'flags') {
      this.#log.warn({ reason: event.ok ? 'not flags' : event.reason }, 'flags cannot be read; the last ones stay')
      return
    }
    this.#set(event.value.persistence, event.value.by)
  }

  #set(on: boolean, by: string | null): void {
    if (on === this.#on) return
    this.#on = on
    this.#log.info({ by }, on ? 'persistence switched on' : 'persistence switched off')
    for (const listener of [...this.#listeners]) listener()
  }
}
