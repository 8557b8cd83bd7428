import { open, readFile, rename, rm } from 'node:fs/promises'
import type { Failure } from '../../core/failure.ts'
import { isRecord } from '../generic/is-record.ts'

export type NoteAnswer = { readonly kind: 'noted' } | { readonly kind: 'nothing' } | Failure

/**
 * A file that says that we stopped something. Other sides without a place for our marker cannot tell who stopped it, and
 * what a person stopped must stay stopped, also after a restart of the connector.
 */
export class StopNote {
  readonly #path: string
  readonly #marker: string
  readonly #what: string

  /** @param what of the other side is stopped: a file of another thing is not believed */
  constructor(path: string, marker: string, what: string) {
    this.#path = path
    this.#marker = marker
    this.#what = what
  }

  async read(): Promise<NoteAnswer> {
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' ? null : this.#fault('cannot be read', error),
    )
    if (text === null) return { kind: 'nothing' }
    if (typeof text !== 'string') return text
    const note = noteIn(text)
    if (note?.marker !== this.#marker || note.stopped !== this.#what) {
      const reason = `the file ${this.#path} (remember_in) is not of ${this.#marker} and ${this.#what}: give each connector a file of its own, or delete it`
      return { kind: 'refused', reason }
    }
    return { kind: 'noted' }
  }

  /** Returns when it is on the disk. */
  async write(): Promise<NoteAnswer> {
    const text = `${JSON.stringify({ marker: this.#marker, stopped: this.#what })}\n`
    const beside = `${this.#path}.new`
    try {
      const file = await open(beside, 'w')
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(beside, this.#path)
      return { kind: 'noted' }
    } catch (error) {
      return this.#fault('cannot be written', error)
    }
  }

  async remove(): Promise<NoteAnswer> {
    try {
      await rm(this.#path, { force: true })
      return { kind: 'nothing' }
    } catch (error) {
      return this.#fault('cannot be deleted', error)
    }
  }

  #fault(cannot: string, error: unknown): Failure {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    return { kind: 'refused', reason: `the file ${this.#path} (remember_in) ${cannot} (${code})` }
  }
}

function noteIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const note: unknown = JSON.parse(text)
    return isRecord(note) ? note : null
  } catch {
    return null
  }
}
