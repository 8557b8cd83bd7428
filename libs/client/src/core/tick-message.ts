import { describe, type TickFaults, type TickField, type TickMessage } from '@drawbridge/contracts'

/** Every field of a tick, in the order in which it is sent. */
const FIELDS = [
  'balance',
  'unrealizedPnl',
  'net_deposits',
  'currency',
  'at',
  'seq',
  'run',
  'closed',
] as const satisfies readonly TickField[]

/**
 * What is sent of a report: only the fields of a tick, as other content of the object may not fit into a message. In place of
 * a field that could not be read stands a short picture of it, which nobody can read either: its limits may need it, and
 * `JSON.stringify` would make it null where it is NaN, as if the bot had not meant to send it.
 */
export function tickMessageOf(report: TickMessage, faults: TickFaults | null): object {
  const message: Record<string, unknown> = { equity: report.equity }
  for (const field of FIELDS) {
    const value = report[field]
    if (value !== undefined) message[field] = faults?.[field] === undefined ? value : [describe(value)]
  }
  return message
}

/** Says of each field when it cannot be read, once until it can be again. */
export class FaultWatch {
  #known: TickFaults = {}

  /** The faults of a report that were not there before. */
  newIn(faults: TickFaults | null): TickFaults | null {
    const known = this.#known
    this.#known = faults ?? {}
    if (faults === null) return null
    const fresh = Object.entries(faults).filter(([field]) => known[field as TickField] === undefined)
    return fresh.length === 0 ? null : Object.fromEntries(fresh)
  }
}
