interface SequenceRange {
  /** The first of them. */
  readonly from: number
  /** The last of them. */
  readonly to: number
}

/** The sequences from the one to the other without those that are known to be gone, as ranges in their order. */
export function rangesWithout(from: number, to: number, known: Iterable<number>): SequenceRange[] {
  const ranges: SequenceRange[] = []
  let next = from
  for (const seq of [...known].filter((seq) => seq >= from && seq <= to).sort((a, b) => a - b)) {
    if (seq > next) ranges.push({ from: next, to: seq - 1 })
    next = seq + 1
  }
  if (next <= to) ranges.push({ from: next, to })
  return ranges
}
