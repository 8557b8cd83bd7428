import { type Month, monthOf } from '@drawbridge/migrations'
import type { Batch } from '../core/batch.ts'
import { CopyText } from '../core/copy-text.ts'
import { CONFIGS, HISTORY } from '../tables.ts'
import { OLDEST_COLUMNS } from './statements.ts'

/** A batch as COPY reads it. */
export interface EncodedBatch {
  /** Empty where it has none, as the others. */
  readonly events: Buffer
  readonly newest: Buffer
  /** The oldest event of each trader that has several. */
  readonly oldestVersions: Buffer
  readonly configs: Buffer
  /** How many events. */
  readonly rows: number
  /** Months of the events, by the partition key. */
  readonly months: readonly Month[]
  /** The oldest of these partition keys; null: there is no event. */
  readonly oldest: string | null
}

/** Encodes one batch after the other, in the same memory. */
export class BatchEncoder {
  readonly #events = new CopyText(HISTORY.columns)
  readonly #newest = new CopyText(HISTORY.columns)
  readonly #oldest = new CopyText(OLDEST_COLUMNS)
  readonly #configs = new CopyText(CONFIGS.columns)

  /** What it gives holds until the next call. */
  encode({ events, newest, configs }: Batch): EncodedBatch {
    this.#events.clear()
    this.#newest.clear()
    this.#oldest.clear()
    this.#configs.clear()
    const months = new Set<Month>()
    let oldest: string | null = null
    let known = 0
    let isFirst = true
    for (const row of events) {
      if (oldest === null || row.recorded_at < oldest) oldest = row.recorded_at
      this.#events.add(row)
      months.add(monthOf(row.recorded_at))
      // The newest ones are some of the events, in their order.
      if (row !== newest[known]) {
        if (isFirst) this.#oldest.add(row)
        isFirst = false
        continue
      }
      isFirst = true
      this.#newest.addLastOf(this.#events)
      known += 1
    }
    for (const row of configs) this.#configs.add(row)
    return {
      events: this.#events.bytes,
      newest: this.#newest.bytes,
      oldestVersions: this.#oldest.bytes,
      configs: this.#configs.bytes,
      rows: events.length,
      months: [...months].sort(),
      oldest,
    }
  }
}
