import { damageReason, streams, subjects } from '@drawbridge/contracts'
import { lastMessage, nextMessage } from '@drawbridge/nats'
import { HttpFault } from '@drawbridge/service-kit'
import type { JetStreamManager, StoredMsg } from '@nats-io/jetstream'
import type { LogName } from '../core/command.ts'
import { type WireEvent, wireOf } from '../core/wire.ts'
import { type LoggedEvent, loggedEvent } from './risk-feed.ts'

/**
 * Reads single events of the risk log from the stream's leader. Within one log input sequences and versions only grow, so
 * an event is found by binary search: some 20 requests for a million messages.
 */
export class RiskLogReader {
  readonly #manager: JetStreamManager

  constructor(manager: JetStreamManager) {
    this.#manager = manager
  }

  /** The newest event of a log; null: it has none. @throws {HttpFault} if it cannot be read */
  async last(log: LogName): Promise<LoggedEvent | null> {
    const subject = subjectOf(log)
    const read = () => lastMessage(this.#manager, streams.risk, subject)
    let message = await read()
    // A damaged message is counted but not delivered; or it was stored just now.
    if (message === null && (await this.#counts(subject))) message = (await read()) ?? unreadable(subject)
    return logged(message)
  }

  async #counts(subject: string): Promise<boolean> {
    const { state } = await this.#manager.streams.info(streams.risk, { subjects_filter: subject })
    return Object.keys(state.subjects ?? {}).length > 0
  }

  /** The first event of a log from a stream sequence on; null: it has none. */
  async next(log: LogName, seq: number): Promise<LoggedEvent | null> {
    return logged(await nextMessage(this.#manager, streams.risk, subjectOf(log), seq))
  }

  /** The event of an input; null: none. */
  async byInput(log: LogName, inputSeq: number): Promise<LoggedEvent | null> {
    const found = await this.first(log, (event) => event.inputSeq >= inputSeq)
    return found !== null && wireOf(found.event.data)?.inputSeq === inputSeq ? found.event : null
  }

  /** The last event of a log up to an input; null: none. */
  async lastUpTo(log: LogName, inputSeq: number): Promise<LoggedEvent | null> {
    const newest = await this.last(log)
    if (newest === null || (wireOf(newest.data)?.inputSeq ?? 0) <= inputSeq) return newest
    const later = await this.first(log, (event) => event.inputSeq > inputSeq)
    return later === null ? newest : this.before(log, later)
  }

  /** The event before the found one in its log; null: none. */
  async before(log: LogName, { from }: Found): Promise<LoggedEvent | null> {
    return from > 1 ? this.next(log, from - 1) : null
  }

  /** The first event of a log for which `reached` is true, as it then is for all later ones; null: none. */
  async first(log: LogName, reached: (event: WireEvent) => boolean): Promise<Found | null> {
    const isReached = ({ data }: LoggedEvent) => {
      const event = wireOf(data)
      return event !== null && reached(event)
    }
    let event = await this.last(log)
    if (event === null || !isReached(event)) return null
    // `event` is the first one from `high` on, and no event before `low` is reached.
    let low = 1
    let high = event.seq
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const found = await this.next(log, middle)
      if (found === null) throw new Error(`the risk log no longer has an event of ${log} from sequence ${middle} on`)
      if (isReached(found)) {
        event = found
        high = middle
      } else low = found.seq + 1
    }
    return { event, from: low }
  }
}

/** An event, and the stream sequence after the previous event of its log: 1 if there is no previous one. */
export interface Found {
  readonly event: LoggedEvent
  readonly from: number
}

function unreadable(subject: string): never {
  const reason = damageReason({ kind: 'unreadable', stream: streams.risk, subject })
  throw new HttpFault(503, 'risk-log-damaged', `${reason}; repair it with: npm run drawbridge -- adopt-log`)
}

function subjectOf(log: LogName): string {
  return log === 'flags' || log === 'limits' ? subjects.config(log) : subjects.traderLog(log)
}

function logged(message: StoredMsg | null): LoggedEvent | null {
  if (message === null) return null
  const { seq, subject, data, header } = message
  return loggedEvent({ seq, subject, data, headers: header })
}
