import type { ClientBase } from 'pg'
import { HISTORY_PARTITIONS } from '../partitions.ts'
import type { HistoryPart } from '../retention.ts'
import { SHADOW } from './names.ts'
import { copyRange, countRange, digestRange, dropBefore } from './shadow.ts'

export interface Verified {
  /** Events that history and copy hold, each the same. */
  readonly rows: number
  /** Of these, so many were copied at the end. */
  readonly late: number
}

/** The copy of the history in the shadow. Events are added to the history meanwhile, and never changed. */
export class HistoryCopy {
  readonly #client: ClientBase
  /** Events of a part when copy and history were seen to be the same, by the part's name. */
  readonly #verified = new Map<string, number>()

  constructor(client: ClientBase) {
    this.#client = client
  }

  /**
   * Copies part after part, each in a transaction of its own, oldest first, and compares each as far as it is at rest.
   * @param onCopied called with the events that are there, and that shall be, at the beginning and after each part
   * @returns how many events were not there before.
   */
  async copyAll(onCopied: (rows: number, total: number) => void): Promise<number> {
    const parts = await this.#parts()
    if (parts[0] !== undefined) await dropBefore(this.#client, parts[0].begins)
    const counts: number[] = []
    for (const part of parts) counts.push(await countRange(this.#client, 'risk_state_history', part))
    const total = counts.reduce((sum, count) => sum + count, 0)
    let done = 0
    let copied = 0
    onCopied(done, total)
    for (const [index, part] of parts.entries()) {
      copied += await copyRange(this.#client, part)
      const same = await this.#sameRows(part)
      if (same !== null) this.#verified.set(part.name, same)
      done += counts[index] ?? 0
      onCopied(done, total)
    }
    return copied
  }

  /**
   * Copies what has come since, and makes sure of everything; to be called when nothing more can come.
   * @throws where the copy is not what the history is.
   */
  async completeAndVerify(): Promise<Verified> {
    let rows = 0
    let late = 0
    for (const part of await this.#parts()) {
      const count = await countRange(this.#client, 'risk_state_history', part)
      if (this.#verified.get(part.name) === count) {
        if ((await countRange(this.#client, SHADOW, part)) !== count) throw new Error(differs(part.name))
      } else {
        late += await copyRange(this.#client, part)
        if ((await this.#sameRows(part)) === null) throw new Error(differs(part.name))
      }
      rows += count
    }
    const { rows: all } = await this.#client.query<{ rows: string }>(`SELECT count(*) AS rows FROM ${SHADOW}`)
    if (Number(all[0]?.rows) !== rows) throw new Error(differs('risk_state_history'))
    return { rows, late }
  }

  /** How many events a part has; null: the copy has others. */
  async #sameRows(part: HistoryPart): Promise<number | null> {
    const copy = await digestRange(this.#client, SHADOW, part)
    const history = await digestRange(this.#client, 'risk_state_history', part)
    return copy.rows === history.rows && copy.sum === history.sum ? history.rows : null
  }

  async #parts(): Promise<readonly HistoryPart[]> {
    const { rows } = await this.#client.query<HistoryPart>(
      `SELECT part.name, part.begins::text, part.ends::text FROM (${HISTORY_PARTITIONS}) AS part ORDER BY part.begins`,
    )
    return rows
  }
}

function differs(what: string): string {
  return `the copy of ${what} is not what it holds; drop the copy (DROP TABLE ${SHADOW}) and begin anew`
}
