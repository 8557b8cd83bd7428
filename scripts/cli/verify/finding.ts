import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientBase } from 'pg'

/** A difference from the log. */
export interface Finding {
  /**
   * - `missing`, `extra`: the log has it and the table has not; the table has it and the log has not.
   * - `different`: a column has another value in the table than in the log.
   * - `behind`, `ahead`: the snapshot is at an earlier or a later event than the last one of the log.
   * - `unreadable`: an event of the log that no table can hold.
   * - `disordered`: the version of an event of the log does not follow that of the event before it.
   * - `decided-otherwise`: the rules would have made another event of the input, or none.
   * - `undecided`: the rules would have made an event of the input, and the log has none.
   */
  readonly finding:
    | 'missing'
    | 'extra'
    | 'different'
    | 'behind'
    | 'ahead'
    | 'unreadable'
    | 'disordered'
    | 'decided-otherwise'
    | 'undecided'
  /** A table, or RISK. */
  readonly where: string
  /** The trader, or the kind of a configuration. */
  readonly of: string
  /** The version of the trader's event, or the input sequence of a configuration. */
  readonly version: number | null
  /** Sequence in RISK; for what is extra, according to its row. */
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

/** What all comparisons work with. */
export interface Comparison {
  readonly connection: NatsConnection
  /** Used by nobody else at the same time; nothing is written. */
  readonly client: ClientBase
  /** The last sequence of RISK that is compared. */
  readonly end: number
  readonly report: Report
}

/** The place of a finding about a row. */
export function placeOf(
  where: string,
  of: string,
  { version, stream_seq: streamSeq }: { readonly version: number; readonly stream_seq: number },
): Omit<Finding, 'finding'> {
  return { where, of, version, streamSeq }
}

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

const SHOWN_MAX = 8

/** In which fields two events on the wire differ, in words; empty: in none. */
export function eventDifferences(byRules: Uint8Array, logged: Uint8Array): string {
  const [rules, log] = [fieldsOf(byRules), fieldsOf(logged)]
  const differing = [...new Set([...rules.keys(), ...log.keys()])].filter((path) => rules.get(path) !== log.get(path))
  const words = differing.slice(0, SHOWN_MAX).map((path) => {
    return `${path} would be ${rules.get(path) ?? 'absent'}, the log says ${log.get(path) ?? 'absent'}`
  })
  if (differing.length > SHOWN_MAX) words.push(`and ${differing.length - SHOWN_MAX} more fields`)
  return words.join('; ')
}

/** Every value by its path, like `state.equity`. */
function fieldsOf(bytes: Uint8Array): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  const add = (path: string, value: unknown) => {
    if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
      fields.set(path, JSON.stringify(value))
      return
    }
    for (const [name, inner] of Object.entries(value)) add(path === '' ? name : `${path}.${name}`, inner)
  }
  add('', JSON.parse(new TextDecoder().decode(bytes)))
  return fields
}
