/** One thing that is not as the log says. */
export interface Finding {
  readonly finding: /** The log has it, the table has not. */
    | 'missing'
    /** The table has it, the log has not. */
    | 'extra'
    /** Both have it, and a column says something else. */
    | 'different'
    /** The snapshot is at an earlier, or at a later, event than the log's last. */
    | 'behind'
    | 'ahead'
    /** An event of the log cannot be read: no table can hold it. */
    | 'unreadable'
    /** An event of the log has not the version after the one before it. */
    | 'disordered'
    /** The rules would have made another event of the input, or none. */
    | 'decided-otherwise'
    /** The rules would have made an event of the input, and the log has none. */
    | 'undecided'
  /** A table, or RISK. */
  readonly where: string
  /** The trader, or the kind of a configuration. */
  readonly of: string
  /** Of the trader's event; of a configuration the input sequence. */
  readonly version: number | null
  /** Sequence in RISK; of what is extra, as its row says. */
  readonly streamSeq: number | null
  readonly columns?: readonly ColumnDifference[]
  /** The rest, in words. */
  readonly says?: string
}

export interface ColumnDifference {
  readonly column: string
  readonly log: string | null
  readonly table: string | null
}

export type Report = (finding: Finding) => void

/** A finding as a line for people. */
export function lineOf({ finding, where, of, version, streamSeq, columns = [], says }: Finding): string {
  const what = version === null ? of : `${of} ${version}`
  const place = streamSeq === null ? '' : ` (RISK ${streamSeq})`
  const rest = [...columns.map(differenceOf), ...(says === undefined ? [] : [says])].join('; ')
  return `${finding.padEnd(17)} ${where}  ${what}${place}${rest === '' ? '' : `: ${rest}`}`
}

function differenceOf({ column, log, table }: ColumnDifference): string {
  return `${column} is ${table ?? 'null'}, the log says ${log ?? 'null'}`
}
