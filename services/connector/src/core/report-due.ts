import { type Amount, formatAmount, type Instant, type TickMessage } from '@drawbridge/contracts'
import type { Reading } from '../port.ts'

/** A reading that says of itself that it is older tells nothing of now. */
const AGE_MAX_MS = 60_000
/** Clocks differ by so much. */
const AHEAD_MAX_MS = 60_000

/**
 * Why a reading cannot be reported, in words; null: it can.
 * @param times what the time may be: a clock that was set must not make every reading old
 */
export function faultOf({ at, currency }: Reading, times: readonly Instant[], expected: string | null): string | null {
  if (expected !== null && currency !== expected) {
    return `it counts in ${currency}, and the account in ${expected} (limits, currency)`
  }
  if (at === undefined) return null
  const faults = times.map((now) => ageFaultOf(at, now))
  return faults.includes(null) ? null : (faults[0] ?? null)
}

function ageFaultOf(at: Instant, now: Instant): string | null {
  const seconds = (ms: number) => `${Math.round(ms / 1_000)} s`
  if (now - at > AGE_MAX_MS) return `what it says is ${seconds(now - at)} old`
  return at - now > AHEAD_MAX_MS ? `its clock is ${seconds(at - now)} ahead of ours` : null
}

/** What was reported last. */
export interface Reported {
  readonly reading: Reading
  /** By the clock of the caller, milliseconds. */
  readonly at: number
}

/**
 * A tick for each change, and at least one in `atLeastEveryMs`.
 * @param isInDoubt whether the decision waits for another reading: then each counts that is no repetition of an old one
 */
export function isReportDue(
  reading: Reading,
  last: Reported | null,
  now: number,
  atLeastEveryMs: number,
  isInDoubt: boolean,
): boolean {
  if (last === null || now - last.at >= atLeastEveryMs) return true
  if (isInDoubt && (reading.at === undefined || reading.at !== last.reading.at)) return true
  return (
    reading.equity !== last.reading.equity ||
    reading.balance !== last.reading.balance ||
    reading.netDeposits !== last.reading.netDeposits ||
    reading.currency !== last.reading.currency
  )
}

/** A silent account is noticed after `staleAfterSeconds`; two of three ticks may be lost before. Null: silence is not judged. */
export function reportAtLeastEveryMs(staleAfterSeconds: number | null): number {
  return (staleAfterSeconds ?? 300) * 1_000 * (1 / 3)
}

export function tickOf(reading: Reading, seq: number, run: string): TickMessage {
  const { equity, balance, netDeposits, currency } = reading
  const optional = (name: string, value: Amount | undefined) =>
    value === undefined ? {} : { [name]: formatAmount(value) }
  return {
    equity: formatAmount(equity),
    ...optional('balance', balance),
    ...optional('net_deposits', netDeposits),
    currency,
    seq,
    run,
  }
}
