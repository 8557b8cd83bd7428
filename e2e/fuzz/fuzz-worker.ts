/** Tries the ranges that its parent sends, one after the other. */

import { fuzzEndpoints } from './fuzz-endpoints.ts'
import { fuzzRange } from './fuzz-range.ts'
import type { RangeResult } from './tally.ts'

/** What the parent sends. */
export interface RangeOrder {
  readonly seed: number
  readonly from: number
  readonly count: number
}

process.on('disconnect', () => process.exit())
process.on('message', ({ seed, from, count }: RangeOrder) => {
  const decoded = fuzzRange(seed, from, count)
  void fuzzEndpoints(seed, from, count).then((asked) => process.send?.([decoded, asked] satisfies RangeResult[]))
})
process.send?.('ready')
