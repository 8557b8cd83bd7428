import type { Reference } from '@drawbridge/contracts/pure'
import { higherOf, type LimitKind, valueIn, valueInWords } from './limit-kind.ts'

/** Measured from the highest value in the window: of every confirmed reading, or of those known last at a day's end. */
export const peak: LimitKind<Extract<Reference, { kind: 'peak' }>> = {
  kind: 'peak',
  begin: (limit, { of, sampled }, account) => {
    const last = account.lastReading === null ? null : valueIn(of, account.lastReading)
    if (limit.window !== 'lifetime') {
      return raised(valueIn(of, limit.window === 'day' ? account.dayStart : account.windowStart), last)
    }
    if (of === 'equity' && sampled === 'continuous') return account.peakEquity
    return account.peak ?? raised(account.configured, last)
  },
  beginWindow: (_before, { of }, known) => valueIn(of, known),
  closeDay: (before, { of, sampled }, known) => (sampled === 'day-close' ? raised(before, valueIn(of, known)) : before),
  // A value that was not known at the start is taken as soon as it is.
  take: (before, { of, sampled }, reading) => {
    if (before !== null && sampled !== 'continuous') return null
    const value = valueIn(of, reading)
    return before === null || (value !== null && value > before) ? value : null
  },
  beganWith: (before) => before,
  basis: ({ of, sampled }) => `peak of ${of} ${sampled}`,
  usesBalance: ({ of }) => of !== 'equity',
  mayBreakAtReset: ({ size }, { of }) => of !== 'equity' || (size.kind === 'percent' && size.of === 'start-equity'),
  inWords: ({ of, sampled }, window) => {
    const whose = window === 'lifetime' ? 'the' : `the ${window}'s`
    if (sampled === 'day-close') return `${whose} highest ${valueInWords(of)} at a day's end`
    return of === 'equity' ? `${whose} peak` : `${whose} peak of ${valueInWords(of)}`
  },
}

/** A value that was not reported raises no peak: the tested reading says that it lacks one. */
function raised(before: Parameters<typeof higherOf>[0], value: Parameters<typeof higherOf>[1]) {
  if (before === null || value === null) return before ?? value
  return higherOf(before, value)
}
