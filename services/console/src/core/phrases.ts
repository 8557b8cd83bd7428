import { type Amount, type Author, formatAmount, formatInstant, type Instant, UNVERIFIED } from '@drawbridge/contracts'

export function untilInWords(until: Instant | null): string {
  return until === null ? 'until an operator resumes it' : `until ${formatInstant(until)}`
}

export function who({ by, onBehalfOf }: Author): string {
  const other = onBehalfOf === undefined ? '' : `, for ${onBehalfOf},`
  if (by?.startsWith(UNVERIFIED) !== true) return `${by ?? 'Somebody'}${other}`
  return `Somebody who claims to be ${by.slice(UNVERIFIED.length)}${other}`
}

export function because(reason: string | null): string {
  return reason === null ? '' : `, because of "${reason}"`
}

export function percent(amount: Amount): string {
  return `${formatAmount(amount)} %`
}

/** The value of a limit as it is written. */
export function writtenInWords(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'none'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const HUNDREDTH: Amount = 1_000_000n

/** A percentage cut to hundredths, where the exact one says no more to people. */
export function roughly(pct: Amount): string {
  return pct < HUNDREDTH ? 'less than 0.01 %' : percent(pct - (pct % HUNDREDTH))
}
