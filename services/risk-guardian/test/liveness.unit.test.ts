import { describe, expect, it } from 'vitest'
import { Liveness } from '../src/core/liveness.ts'

/** Looks in turn: the log's end, what is settled, when (milliseconds), and whether the guardian keeps up. */
type Look = readonly [lastSeq: number, settled: number, now: number, keepsUp: boolean]

describe('keeping up, with a bound of 1,000 ms', () => {
  it.each<readonly [title: string, atStart: number, looks: readonly Look[]]>([
    ['holds on an empty log', 0, [[0, 0, 0, true]]],
    [
      'holds while all is settled, however long nothing comes',
      5,
      [
        [5, 5, 0, true],
        [5, 5, 1e9, true],
      ],
    ],
    [
      'does not hold before what was there at the start is settled',
      5,
      [
        [5, 4, 0, false],
        [5, 5, 1, true],
      ],
    ],
    [
      'holds while inputs are young',
      0,
      [
        [10, 0, 0, true],
        [10, 0, 999, true],
      ],
    ],
    [
      'ends when an input reaches the bound',
      0,
      [
        [10, 0, 0, true],
        [10, 0, 1_000, false],
      ],
    ],
    [
      'begins again once these are settled',
      0,
      [
        [10, 0, 0, true],
        [10, 9, 1_000, false],
        [10, 10, 1_001, true],
      ],
    ],
    [
      'counts from the last look that did not see an input: it may have come right after',
      0,
      [
        [1, 0, 100, true],
        [9, 1, 900, true],
        [9, 1, 1_099, true],
        [9, 1, 1_100, false],
      ],
    ],
    [
      'does not hold after a long time without a look, whatever came meanwhile',
      0,
      [
        [5, 5, 0, true],
        [9, 5, 5_000, false],
        [9, 9, 5_001, true],
      ],
    ],
    [
      'holds under a steady load that is served in time',
      0,
      [
        [100, 0, 0, true],
        [200, 100, 800, true],
        [300, 200, 1_600, true],
      ],
    ],
    [
      'ends under a steady load that is served too late',
      0,
      [
        [100, 0, 0, true],
        [200, 50, 600, true],
        [300, 99, 1_200, false],
      ],
    ],
    [
      'does not forget younger inputs behind one that was too old',
      0,
      [
        [1, 0, 0, true],
        [2, 0, 1_500, false],
        [3, 0, 1_600, false],
        [3, 1, 1_700, false],
        [3, 2, 1_800, true],
        [3, 2, 2_500, false],
      ],
    ],
    ['holds where more is settled than was seen', 0, [[10, 12, 0, true]]],
  ])('%s', (_title, atStart, looks) => {
    const liveness = new Liveness(1_000, atStart, 0)
    const seen = looks.map(([lastSeq, settled, now]) => liveness.keepsUp(lastSeq, settled, now))
    expect(seen).toEqual(looks.map(([, , , keepsUp]) => keepsUp))
  })
})
