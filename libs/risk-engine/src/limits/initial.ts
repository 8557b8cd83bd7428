import type { Reference } from '@drawbridge/contracts/pure'
import type { LimitKind } from './limit-kind.ts'

/** Measured from what the account began with. */
export const initial: LimitKind<Extract<Reference, { kind: 'initial' }>> = {
  kind: 'initial',
  begin: (_limit, _reference, account) => account.initial,
  beginWindow: (before) => before,
  closeDay: (before) => before,
  // An account that began with 0 is measured from its first value other than that.
  take: (before, _reference, { equity }) => (before === null ? equity : null),
  beganWith: (_before, amount) => amount,
  basis: () => 'initial',
  usesBalance: () => false,
  mayBreakAtReset: () => true,
  inWords: () => 'the initial balance',
}
