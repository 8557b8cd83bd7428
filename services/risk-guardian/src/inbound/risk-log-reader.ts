import {
  type ConfigEvent,
  decodeConfigEvent,
  decodeRiskEvent,
  decodeSettled,
  type EventAddress,
  headerNames,
  isConfiguration,
  parseEventSubject,
  subjects,
} from '@drawbridge/contracts'
import type { StreamMessage } from '@drawbridge/nats'
import { removedEventOf } from '@drawbridge/service-kit'
import type { Configurations } from '../configurations.ts'
import type { Role } from '../core/role.ts'
import type { Intake } from '../intake.ts'
import type { Lanes } from '../lanes.ts'
import { unreadableEvent } from '../log-errors.ts'
import type { LogWatch } from '../log-watch.ts'
import type { Watermark } from '../watermark.ts'
import type { InputWatch, KnownInput } from './input-watch.ts'

interface RiskLogReaderParts {
  /** This guardian, which need not hear the events of traders that it wrote itself. */
  readonly name: string
  /** How many of the newest events are read at once at the start. */
  readonly readAtOnce: number
  readonly lanes: Lanes
  readonly configurations: Configurations
  readonly intake: Intake
  readonly role: Role
  readonly watch: LogWatch
  readonly inputs: InputWatch
  readonly watermark: Watermark
}

/** Takes over what the risk log holds: at the start the newest event of each subject, then every event. */
export class RiskLogReader {
  readonly #parts: RiskLogReaderParts
  /** Subjects that were read at the start; null: it is over. */
  #subjects: Set<string> | null = new Set()
  #settled = 0
  #judged: KnownInput = { seq: 0, time: 0 }
  /** After this stream sequence every event is heard; before it only the newest on each subject. */
  #wholeAfter = Number.POSITIVE_INFINITY

  constructor(parts: RiskLogReaderParts) {
    this.#parts = parts
  }

  /** Every input up to this sequence is settled, as the log says. */
  get settled(): number {
    return this.#settled
  }

  /** The last input for which another guardian's event was heard. */
  get judged(): KnownInput {
    return this.#judged
  }

  get subjectsRead(): number {
    return this.#subjects?.size ?? 0
  }

  /** The newest event of each subject has been read. */
  endStart(): void {
    this.#subjects = null
  }

  /** After this stream sequence no event is left out: each must follow the trader's last one. */
  isWholeAfter(seq: number): void {
    this.#wholeAfter = seq
  }

  /**
   * Takes over a message of the risk log.
   * @throws if it cannot be read
   */
  take(message: StreamMessage): void {
    const { name, watch, intake, role, watermark } = this.#parts
    watch.knows(message.seq)
    this.#subjects?.add(message.subject)
    const address = parseEventSubject(message.subject)
    if (this.#keepForLater(message, address)) return
    const guardian = message.header(headerNames.guardian)
    if (guardian === name) {
      // If the answer to a publish was lost and another configuration has followed, only this tells of the first one.
      if (address.kind === 'config' && isConfiguration(address.config)) this.#takeConfiguration(message, address.config)
      return
    }
    if (address.kind === 'config' && address.config === 'removed') {
      // It names no guardian and carries no watermark.
      intake.remove(removedEventOf(message).inputSeq)
      return
    }
    const settled = Number(message.header(headerNames.settled))
    if (!Number.isSafeInteger(settled)) throw unreadable(message, `its ${headerNames.settled} is not a whole number`)
    role.hear(guardian, performance.now())
    this.#settled = Math.max(this.#settled, settled)
    watermark.isCarried(settled)
    this.#takeEvent(message, address)
  }

  /**
   * If a log has thousands of traders, only the last of their newest events are read at once: they say how far all is
   * settled. The others are read when their trader is needed, so that decisions begin sooner.
   */
  #keepForLater(message: StreamMessage, address: EventAddress): boolean {
    const { readAtOnce, lanes } = this.#parts
    if (this.#subjects === null || message.pending < readAtOnce || address.kind !== 'trader') return false
    lanes.keep(address.trader, message)
    return true
  }

  #takeEvent(message: StreamMessage, address: EventAddress): void {
    switch (address.kind) {
      case 'trader': {
        const event = decodeRiskEvent(message.data)
        if (!event.ok) throw unreadable(message, event.reason)
        if (event.value.trader !== address.trader) throw unreadable(message, `it is of trader ${event.value.trader}`)
        const { recordedAt: time, state } = event.value
        if (state.inputSeq > this.#judged.seq) this.#judged = { seq: state.inputSeq, time }
        this.#parts.lanes.hear(event.value, message.seq, message.seq > this.#wholeAfter)
        break
      }
      case 'config':
        if (isConfiguration(address.config)) this.#takeConfiguration(message, address.config)
        else this.#takeSettled(message)
        break
      case 'unknown':
        throw unreadable(message, 'no event is known by its subject')
      default:
        address satisfies never
    }
  }

  #takeConfiguration(message: StreamMessage, kind: ConfigEvent['kind']): void {
    const { configurations, intake } = this.#parts
    const event = configEventOf(message, kind)
    configurations.setLastSeq(subjects.config(kind), message.seq)
    configurations.apply(event, intake.configuredUpTo)
  }

  #takeSettled(message: StreamMessage): void {
    const { watermark, watch, inputs } = this.#parts
    const event = decodeSettled(message.data)
    if (!event.ok) throw unreadable(message, event.reason)
    watermark.isAt(message.seq)
    watch.hear(event.value)
    inputs.expect(event.value.inputsCreated)
  }
}

/** @throws if it cannot be read */
export function configEventOf(message: StreamMessage, kind: ConfigEvent['kind']): ConfigEvent {
  const event = decodeConfigEvent(kind, message.data)
  if (!event.ok) throw unreadable(message, event.reason)
  return event.value
}

function unreadable({ seq, subject }: StreamMessage, reason: string): Error {
  return unreadableEvent(seq, ` (${subject})`, reason)
}
