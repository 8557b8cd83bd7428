import {
  type ConfigEvent,
  encodeConfigEvent,
  encodeRiskEvent,
  encodeSettled,
  type RiskEvent,
  type SettledEvent,
  streams,
  subjects,
  type TraderId,
} from '@drawbridge/contracts'
import { Backoff, lastMessage } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream'
import { Append, type AppendListener, type AppendOutcome, type AppendServices, type Entry, Room } from './append.ts'

interface RiskLogOptions extends Omit<AppendServices, 'room'> {
  readonly manager: JetStreamManager
  readonly log: Logger
}

/** The end of the risk log: where a guardian appends. */
export class RiskLog {
  readonly #options: RiskLogOptions
  readonly #services: AppendServices

  constructor(options: RiskLogOptions) {
    this.#options = options
    this.#services = { ...options, room: new Room(options.log) }
  }

  /** True while the stream takes no more: an operator must make room. */
  get full(): boolean {
    return this.#services.room.full
  }

  /** Appends a trader's event if the trader's log still ends at `lastSeq` (0: empty). */
  append(event: RiskEvent, lastSeq: number, traceparent: string, listener: AppendListener): void {
    const subject = subjects.out(event.type, event.trader)
    const logSubject = subjects.traderLog(event.trader)
    this.#append({ subject, encode: () => encodeRiskEvent(event), logSubject, lastSeq, traceparent }, listener)
  }

  appendConfiguration(event: ConfigEvent, lastSeq: number, traceparent: string): Promise<AppendOutcome> {
    const { kind } = event
    const [subject, logSubject] = [subjects.outConfig(kind), subjects.config(kind)]
    return this.#appended({ subject, encode: () => encodeConfigEvent(event), logSubject, lastSeq, traceparent })
  }

  appendSettled(event: SettledEvent, lastSeq: number): Promise<AppendOutcome> {
    const [subject, logSubject] = [subjects.outConfig('settled'), subjects.config('settled')]
    return this.#appended({ subject, encode: () => encodeSettled(event), logSubject, lastSeq, traceparent: '' })
  }

  /** The last event of a trader, from the stream's leader. Waits while nobody can say. */
  lastOf(trader: TraderId): Promise<StoredMsg | null> {
    return this.last(subjects.traderLog(trader))
  }

  async last(subject: string): Promise<StoredMsg | null> {
    const { manager, stopping, log } = this.#options
    const backoff = new Backoff(50, 2_000)
    for (;;) {
      try {
        return await lastMessage(manager, streams.risk, subject)
      } catch (error) {
        if (stopping.aborted) throw error
        log.warn({ err: error, subject }, 'the risk log cannot be read; trying again')
        await backoff.wait(stopping)
      }
    }
  }

  /** Resolves when it is known what became of an event. */
  #appended(entry: Entry): Promise<AppendOutcome> {
    return new Promise((resolve, reject) => this.#append(entry, { onAppended: resolve, onError: reject }))
  }

  #append(entry: Entry, listener: AppendListener): void {
    this.#services.publisher.publish(new Append(entry, this.#services, listener))
  }
}
