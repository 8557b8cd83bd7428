import type { Reference } from '@drawbridge/contracts/pure'
import { type LimitKind, valueIn, valueInWords } from './limit-kind.ts'

/** Measured from the value known last when the window began. */
export const start: LimitKind<Extract<Reference, { kind: 'start' }>> = {
  kind: 'start',
  begin: (limit, { of }, account) => {
    return valueIn(of, limit.window === 'day' ? account.dayStart : account.windowStart)
  },
  beginWindow: (_before, { of }, known) => valueIn(of, known),
  closeDay: (before) => before,
  // A value that was not known at the start is taken as soon as it is.
  take: (before, { of }, reading) => (before === null ? valueIn(of, reading) : null),
  beganWith: (before) => before,
  basis: ({ of }) => `start of ${of}`,
  usesBalance: ({ of }) => of !== 'equity',
  // A window that begins with what is tested begins with its whole room.
  mayBreakAtReset: (_limit, { of }) => of !== 'equity',
  inWords: ({ of }, window) => {
    if (window === 'lifetime') return 'the initial balance'
    return of === 'equity' ? `the ${window}'s start` : `the ${valueInWords(of)} at the ${window}'s start`
  },
}
