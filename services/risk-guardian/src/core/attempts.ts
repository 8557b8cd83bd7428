import type { AttemptNote } from '@drawbridge/contracts'

/** From the fourth start in a row at the same place on, inputs are named: three guardians have ended there. */
const CAREFUL_FROM = 4
/** If this many guardians end while they decide the same input alone, the input is the cause. */
const HARMFUL_FROM = 2

/** The note of a guardian that begins after `settled`. @param last the last note of the guardian before; null: none */
export function noteOfStart(last: AttemptNote | null, settled: number): AttemptNote {
  const { deciding = null, suspect = null, starts = 0 } = last ?? {}
  if (deciding !== null && deciding > settled) {
    const ends = suspect?.inputSeq === deciding ? suspect.ends + 1 : 1
    return { settled, starts: Math.max(starts, CAREFUL_FROM), deciding: null, suspect: { inputSeq: deciding, ends } }
  }
  if (last?.settled !== settled) return { settled, starts: 1, deciding: null, suspect: null }
  return { settled, starts: starts + 1, deciding: null, suspect }
}

/** The note of a guardian that stops as asked: no input ended it. */
export function noteOfStop({ settled }: AttemptNote): AttemptNote {
  return { settled, starts: 0, deciding: null, suspect: null }
}

/** Whether inputs must be named, and decided one at a time. */
export function isCareful({ starts }: AttemptNote): boolean {
  return starts >= CAREFUL_FROM
}

/** Whether this input crashes guardians. */
export function isHarmful({ suspect }: AttemptNote, inputSeq: number): boolean {
  return suspect?.inputSeq === inputSeq && suspect.ends >= HARMFUL_FROM
}
