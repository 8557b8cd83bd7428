import type { AttemptNote } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import { isCareful, isHarmful, noteOfStart, noteOfStop } from './core/attempts.ts'
import type { AttemptNotes } from './outbound/attempt-notes.ts'

/**
 * Sees to it that no input ends guardians for ever. An error that is thrown is a refusal; a process that dies says nothing,
 * and the next one begins with the same input. So each notes where it begins, and after some that began at the same place
 * the next one decides the inputs behind it one at a time, and names each before.
 */
export class CarefulStart {
  readonly #notes: AttemptNotes
  readonly #log: Logger
  #note: AttemptNote | null = null
  /** Inputs up to here are decided one at a time; 0: none is. */
  #upTo = 0

  constructor(notes: AttemptNotes, log: Logger) {
    this.#notes = notes
    this.#log = log
  }

  /**
   * To be called before the inputs behind `settled` are decided.
   * @param ahead how many of them may have been under way when a guardian ended
   */
  async begin(settled: number, ahead: number): Promise<void> {
    const note = noteOfStart(await this.#notes.last(), settled)
    if (!(await this.#notes.keep(note))) return
    this.#note = note
    if (!isCareful(note)) return
    this.#upTo = settled + ahead
    this.#log.warn(
      { settled, starts: note.starts, suspect: note.suspect },
      'guardians crash here; deciding one input at a time',
    )
  }

  /** Whether the input must be decided alone, and named before. */
  concerns(inputSeq: number): boolean {
    return inputSeq <= this.#upTo
  }

  /** Names an input. True: guardians crash by it, and it must not be decided. */
  async name(inputSeq: number): Promise<boolean> {
    if (this.#note === null) return false
    if (isHarmful(this.#note, inputSeq)) return true
    this.#note = { ...this.#note, deciding: inputSeq }
    // Whoever cannot say where it is need not go slowly.
    if (!(await this.#notes.keep(this.#note))) this.#upTo = 0
    return false
  }

  /** The guardian has outlived what it named: should it end while that waits to be stored, it did not end by it. */
  async outlived(): Promise<void> {
    if (this.#note === null || this.#note.deciding === null) return
    this.#note = { ...this.#note, deciding: null }
    await this.#notes.keep(this.#note)
  }

  /** To be called when the guardian stops as it was told. @param settled up to where all is settled by now */
  async stop(settled: number): Promise<void> {
    if (this.#note === null) return
    const isElsewhere = settled > this.#note.settled && this.#upTo === 0
    if (!isElsewhere) await this.#notes.keep(noteOfStop(this.#note))
  }
}
