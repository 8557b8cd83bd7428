import { open, readFile, rename, rm } from 'node:fs/promises'
import type { Failure } from '../../core/failure.ts'
import { AS_SAID } from '../../core/remedies.ts'
import { isRecord } from '../generic/is-record.ts'

/** What we stopped or blocked and did not undo since; empty: nothing. */
export interface Noted {
  readonly kind: 'noted'
  readonly parts: readonly string[]
}

/**
 * A file that says what we stopped or blocked. Other sides without a place for our marker cannot tell who did it, and what a
 * person stopped must stay stopped, also after a restart of the connector.
 */
export class StopNote {
  readonly #path: string
  readonly #marker: string
  readonly #of: string

  /** @param of what the parts are of: a file of another thing is not believed */
  constructor(path: string, marker: string, of: string) {
    this.#path = path
    this.#marker = marker
    this.#of = of
  }

  async read(): Promise<Noted | Failure> {
    try {
      return partsIn(await readFile(this.#path, 'utf8'), this.#marker, this.#of) ?? this.#foreign()
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      return isMissing ? { kind: 'noted', parts: [] } : this.#fault('cannot be read', error)
    }
  }

  /** Returns when it is on the disk; null: it is. */
  async write(parts: readonly string[]): Promise<Failure | null> {
    try {
      if (parts.length === 0) await rm(this.#path, { force: true })
      else await replace(this.#path, `${JSON.stringify({ marker: this.#marker, of: this.#of, parts })}\n`)
      return null
    } catch (error) {
      return this.#fault('cannot be written', error)
    }
  }

  #foreign(): Failure {
    const reason = `the file ${this.#path} is not of ${this.#marker} and "${this.#of}": give each connector a file of its own, or delete it`
    return { kind: 'refused', reason, advice: AS_SAID }
  }

  #fault(cannot: string, error: unknown): Failure {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    return { kind: 'refused', reason: `the file ${this.#path} ${cannot} (${code})`, advice: AS_SAID }
  }
}

/** A crash leaves the old file or the new one. */
async function replace(path: string, text: string): Promise<void> {
  const beside = `${path}.new`
  const file = await open(beside, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
}

function partsIn(text: string, marker: string, of: string): Noted | null {
  try {
    const note: unknown = JSON.parse(text)
    if (!isRecord(note) || note.marker !== marker || note.of !== of || !Array.isArray(note.parts)) return null
    return { kind: 'noted', parts: note.parts.map(String) }
  } catch {
    return null
  }
}
