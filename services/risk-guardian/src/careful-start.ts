import { type AttemptNote, decodeAttemptNote, encodeAttemptNote, streams, subjects } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import { type JetStreamClient, type JetStreamManager, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { isCareful, isHarmful, noteOfStart, noteOfStop } from './core/attempts.ts'

const KEPT_WITHIN_MS = 2_000

/**
 * Makes sure that no input crashes guardians for ever. An error that is thrown refuses its input; a process that dies
 * reports nothing, and the next one begins with the same input. So each guardian notes in REJECTS where it begins, and
 * after several that began at the same place the next one decides the inputs that follow one at a time, and names each
 * first. Decisions do not wait for these notes.
 */
export class CarefulStart {
  readonly #client: JetStreamClient
  readonly #manager: JetStreamManager
  readonly #log: Logger
  #note: AttemptNote | null = null
  /** Inputs up to here are decided one at a time; 0: none. */
  #upTo = 0

  constructor(connection: NatsConnection, manager: JetStreamManager, log: Logger) {
    this.#client = jetstream(connection, { timeout: KEPT_WITHIN_MS })
    this.#manager = manager
    this.#log = log
  }

  /**
   * To be called before the inputs after `settled` are decided.
   * @param ahead how many of them may have been under way when a guardian ended
   */
  async begin(settled: number, ahead: number): Promise<void> {
    const note = noteOfStart(await this.#last(), settled)
    if (!(await this.#keep(note))) return
    this.#note = note
    if (!isCareful(note)) return
    this.#upTo = settled + ahead
    const { starts, suspect } = note
    this.#log.warn({ settled, starts, suspect }, 'guardians crash here; deciding one input at a time')
  }

  /** Whether the input must be named, and decided alone. */
  concerns(inputSeq: number): boolean {
    return inputSeq <= this.#upTo
  }

  /** Names an input. True: it crashes guardians, and must not be decided. */
  async name(inputSeq: number): Promise<boolean> {
    if (this.#note === null) return false
    if (isHarmful(this.#note, inputSeq)) return true
    // A guardian that cannot note what it decides need not be slow.
    if (!(await this.#renote({ ...this.#note, deciding: inputSeq }))) this.#upTo = 0
    return false
  }

  /** The guardian has survived the input that it named: if it ends while the event waits to be stored, the input is innocent. */
  async outlived(): Promise<void> {
    if (this.#note === null || this.#note.deciding === null) return
    await this.#renote({ ...this.#note, deciding: null })
  }

  /** To be called when the guardian stops as asked. @param settled up to where all is settled by now */
  async stop(settled: number): Promise<void> {
    if (this.#note === null) return
    const isElsewhere = settled > this.#note.settled && this.#upTo === 0
    if (!isElsewhere) await this.#keep(noteOfStop(this.#note))
  }

  /** The last note of any guardian; null: there is none that can be read. */
  async #last(): Promise<AttemptNote | null> {
    try {
      const message = await lastMessage(this.#manager, streams.rejects, subjects.attempts)
      const note = message === null ? null : decodeAttemptNote(message.data)
      return note?.ok === true ? note.value : null
    } catch (error) {
      this.#log.warn({ err: error }, 'the notes of earlier guardians cannot be read')
      return null
    }
  }

  #renote(note: AttemptNote): Promise<boolean> {
    this.#note = note
    return this.#keep(note)
  }

  /** False if it is not stored. */
  async #keep(note: AttemptNote): Promise<boolean> {
    try {
      await this.#client.publish(subjects.attempts, encodeAttemptNote(note))
      return true
    } catch (error) {
      this.#log.warn({ err: error }, 'where this guardian began cannot be noted')
      return false
    }
  }
}
