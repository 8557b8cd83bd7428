import { type Instant, streams } from '@drawbridge/contracts'
import type { JetStreamManager, StreamState } from '@nats-io/jetstream'
import { InputsRecreatedError } from '../log-errors.ts'

const SIGHTS_OF_AN_EARLY_END = 2
const REMEDY = 'restore it from a backup, or go on without it as docs/recovery.md says, "INPUTS is lost, or its end"'
/** Events and streams round the time of a message to the millisecond differently. */
const SAME_TIME_MS = 1

/** An input, by its sequence and its JetStream time. */
export interface KnownInput {
  readonly seq: number
  readonly time: Instant
}

/** Looks at INPUTS from outside: which stream it is, where it ends, and the time of its clock. */
export class InputWatch {
  readonly #manager: JetStreamManager
  #created: string | null = null
  #lastSeq: number | null = null
  #consumers: number | null = null
  #serverAheadMs: number | null = null
  /** The last input that was read, by its sequence in the stream; 0: none was. */
  #readSeq = 0
  #readTime: Instant = 0
  #earlyEnds = 0

  constructor(manager: JetStreamManager) {
    this.#manager = manager
  }

  /** The risk log says when the INPUTS that it was made from was created. */
  expect(created: string): void {
    this.#created = created
  }

  /** The time by JetStream's clock, as measured at the last look: pauses end by it, however wrong ours is. */
  get serverNow(): Instant {
    return Date.now() + (this.#serverAheadMs ?? 0)
  }

  /** How far JetStream's clock was ahead of ours at the last look, milliseconds; null before the first one. */
  get serverAheadMs(): number | null {
    return this.#serverAheadMs
  }

  /** When INPUTS was created; null before the first look. */
  get created(): string | null {
    return this.#created
  }

  /** How many consumers INPUTS had at the last look; null before the first one. */
  get consumers(): number | null {
    return this.#consumers
  }

  /** Where INPUTS ended at the last look; null before the first one. */
  get lastSeq(): number | null {
    return this.#lastSeq
  }

  /**
   * Where INPUTS begins and ends now.
   * @param settled every input up to this stream sequence was settled before
   * @throws {InputsRecreatedError} if it ends before that, or twice in a row before an end that was seen, or if it is
   * another stream than before.
   */
  async look(settled: number): Promise<StreamState> {
    const known = this.#lastSeq ?? 0
    const { created, state, ts } = await this.#manager.streams.info(streams.inputs)
    if (this.#created !== null && created !== this.#created) {
      const words = `INPUTS was created ${created}, that of RISK ${this.#created}: it was recreated; ${REMEDY}`
      throw new InputsRecreatedError(words)
    }
    if (state.last_seq < settled) {
      throw new InputsRecreatedError(
        `INPUTS ends at ${state.last_seq}, but RISK is settled up to ${settled}: its end is lost; ${REMEDY}`,
      )
    }
    this.#checkEnd(state.last_seq, known)
    this.#created = created
    this.#lastSeq = Math.max(state.last_seq, known)
    this.#consumers = state.consumer_count
    if (ts !== undefined) this.#serverAheadMs = Date.parse(ts) - Date.now()
    return state
  }

  /** An input has been read, by its sequence in the stream. */
  isRead(seq: number, time: Instant): void {
    this.#readSeq = seq
    this.#readTime = time
  }

  /** Checks that INPUTS still holds the last input that was read. @throws {InputsRecreatedError} as {@link checkHolds} */
  checkLastRead(): Promise<void> {
    return this.checkHolds(this.#readSeq, this.#readTime)
  }

  /**
   * Checks that INPUTS holds an input that is known; one that has left it proves nothing.
   * @param seq in the stream
   * @throws {InputsRecreatedError} if it holds another one there: it lost its end, and has grown since
   */
  async checkHolds(seq: number, time: Instant): Promise<void> {
    const held = seq > 0 ? await this.#manager.streams.getMessage(streams.inputs, { seq }) : null
    if (held === null || Math.abs(held.time.getTime() - time) <= SAME_TIME_MS) return
    throw new InputsRecreatedError(
      `INPUTS holds another input ${seq} than the one of ${new Date(time).toISOString()} that was known before: its end ` +
        `was lost, and others took the place of those inputs; ${REMEDY}`,
    )
  }

  /**
   * Inputs at the end may be lost before they were decided, and others then take their sequences. A node that has just
   * become the leader of the stream may not have applied all yet: so it must be seen twice.
   */
  #checkEnd(lastSeq: number, known: number): void {
    this.#earlyEnds = lastSeq < known ? this.#earlyEnds + 1 : 0
    if (this.#earlyEnds < SIGHTS_OF_AN_EARLY_END) return
    throw new InputsRecreatedError(
      `INPUTS ends at ${lastSeq}, and reached ${known} before: the inputs after ${lastSeq} are lost. Start the guardian ` +
        'again to judge what takes their place; have bots report, and give lost commands again',
    )
  }
}
