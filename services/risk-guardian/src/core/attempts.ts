import type { AttemptNote } from '@drawbridge/contracts'

/** The start from which on inputs are named: of guardians in a row that begin at the same place, three that have ended. */
const CAREFUL_FROM = 4
/** So many of them that end while they decide one and the same input alone end by it. */
const HARMFUL_FROM = 2

/** What a guardian notes that begins behind `settled`. @param last what the one before it noted last; null: nothing */
export function noteOfStart(last: AttemptNote | null, settled: number): AttemptNote {
  const { deciding = null, suspect = null, starts = 0 } = last ?? {}
  if (deciding !== null && deciding > settled) {
    const ends = suspect?.inputSeq === deciding ? suspect.ends + 1 : 1
    return { settled, starts: Math.max(starts, CAREFUL_FROM), deciding: null, suspect: { inputSeq: deciding, ends } }
  }
  if (last?.settled !== settled) return { settled, starts: 1, deciding: null, suspect: null }
  return { settled, starts: starts + 1, deciding: null, suspect }
}

/** What a guardian notes that stops as it was told: it did not end by an input. */
export function noteOfStop({ settled }: AttemptNote): AttemptNote {
  return { settled, starts: 0, deciding: null, suspect: null }
}

/** Whether inputs must be decided one at a time, each named before. */
export function isCareful({ starts }: AttemptNote): boolean {
  return starts >= CAREFUL_FROM
}

/** Whether guardians end by this input. */
export function isHarmful({ suspect }: AttemptNote, inputSeq: number): boolean {
  return suspect?.inputSeq === inputSeq && suspect.ends >= HARMFUL_FROM
}
