import {
  type ConfigEvent,
  decodeConfigEvent,
  type FlagsChange,
  type GlobalLimitsChange,
  subjects,
} from '@drawbridge/contracts'
import {
  applyConfiguration,
  BUILT_IN_CONFIGURATION,
  type Configuration,
  decideConfiguration,
} from '@drawbridge/risk-engine'
import type { LogMessage } from './core/read-input.ts'
import type { RiskLog } from './outbound/risk-log.ts'

/** The configuration at the place up to which the input log is read, and what the risk log says of later places. */
export class Configurations {
  #current: Configuration = BUILT_IN_CONFIGURATION
  readonly #ahead = new Map<number, ConfigEvent>()
  readonly #lastSeqs = new Map<string, number>()

  /** In force for the next input. */
  get current(): Configuration {
    return this.#current
  }

  /** Takes over an event of the log: one of an input after `read` waits until that input is reached. */
  apply(event: ConfigEvent, read: number): void {
    if (event.inputSeq > read) this.#ahead.set(event.inputSeq, event)
    else if (event.inputSeq > this.#current.version) this.#current = applyConfiguration(this.#current, event)
  }

  /** The input log is read up to here: what the risk log says of inputs that far comes into force. */
  advance(read: number): void {
    const reached = [...this.#ahead.values()].filter((event) => event.inputSeq <= read)
    for (const event of reached.sort((a, b) => a.inputSeq - b.inputSeq)) {
      this.#ahead.delete(event.inputSeq)
      this.apply(event, read)
    }
  }

  /** Remembers the stream sequence of the last event on a subject of the risk log. */
  setLastSeq(subject: string, seq: number): void {
    this.#lastSeqs.set(subject, Math.max(seq, this.lastSeq(subject)))
  }

  /** 0: the log has none. */
  lastSeq(subject: string): number {
    return this.#lastSeqs.get(subject) ?? 0
  }

  /**
   * Brings the change that an input asks for into force: as the log decided it already, else by deciding and storing
   * it. Null if the service stops before it is stored.
   */
  async change(
    change: FlagsChange | GlobalLimitsChange,
    message: LogMessage,
    riskLog: RiskLog,
    stopping: AbortSignal,
  ): Promise<ConfigEvent | null> {
    const subject = subjects.config(change.kind)
    while (!stopping.aborted) {
      let event = this.#ahead.get(message.seq)
      if (event === undefined) {
        event = decideConfiguration(this.#current, change, message.seq, message.time)
        const outcome = await riskLog.appendConfiguration(event, this.lastSeq(subject), message.traceparent)
        if (outcome.kind === 'read-again') {
          await this.#readLast(change.kind, message.seq - 1, riskLog)
          continue
        }
        this.setLastSeq(subject, outcome.seq)
      }
      this.#ahead.delete(message.seq)
      this.#current = applyConfiguration(this.#current, event)
      return event
    }
    return null
  }

  async #readLast(kind: ConfigEvent['kind'], read: number, riskLog: RiskLog): Promise<void> {
    const last = await riskLog.last(subjects.config(kind))
    if (last === null) return
    const event = decodeConfigEvent(kind, last.data)
    if (!event.ok) throw new Error(`event ${last.seq} of the risk log cannot be read: ${event.reason}`)
    this.setLastSeq(subjects.config(kind), last.seq)
    this.apply(event.value, read)
  }
}
