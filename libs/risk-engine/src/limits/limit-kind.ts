import type { Amount, LimitDefinition, Reference, ReferenceValue } from '@drawbridge/contracts/pure'

/** The values of a reading, as far as they can become references. */
export interface Known {
  readonly equity: Amount | null
  readonly balance: Amount | null
}

/** What is known of an account when a limit begins to be judged. */
export interface Account {
  /** What the account began with; null: with 0, which is no reference. */
  readonly initial: Amount | null
  /** The same as far as an operator or the settings say it; null: nobody does. */
  readonly configured: Amount | null
  /** The values with which the trading day began, and those with which other windows begin now. */
  readonly dayStart: Known
  readonly windowStart: Known
  readonly peakEquity: Amount
  /** The highest value so far, as an operator said at the start of the account period; null: nobody did, or it is over. */
  readonly peak: Amount | null
  /** The last confirmed reading; null: the account is new. */
  readonly lastReading: Known | null
}

/** How the reference of a limit moves. Another kind is one more file like this one, and a line in `limit-kinds.ts`. */
export interface LimitKind<R extends Reference = Reference> {
  readonly kind: R['kind']
  /** The reference of a limit that is judged from now on. Null here and below: a value that it needs was not reported. */
  begin(limit: LimitDefinition, reference: R, account: Account): Amount | null
  /** The reference after its window began, when these values were known last. */
  beginWindow(before: Amount | null, reference: R, known: Known): Amount | null
  /** The reference after a day ended within its window, when these values were known last. */
  closeDay(before: Amount | null, reference: R, known: Known): Amount | null
  /** Where a confirmed reading moves the reference; null: it stays, as nearly all leave it. */
  take(before: Amount | null, reference: R, reading: Known): Amount | null
  /** The reference after operators have said that the account began with another amount. */
  beganWith(before: Amount | null, initial: Amount | null): Amount | null
  /** Names all that the reference depends on: where that changes, the limit begins again. */
  basis(reference: R): string
  /** Whether it needs the balance of a reading. */
  usesBalance(reference: R): boolean
  /** Whether a reset can break the limit without a reading, where it tests equity. */
  mayBreakAtReset(limit: LimitDefinition, reference: R): boolean
  /** "the day's start" */
  inWords(reference: R, window: LimitDefinition['window']): string
}

/** A value of a reading that a reference is of. */
export function valueIn(of: ReferenceValue, { equity, balance }: Known): Amount | null {
  switch (of) {
    case 'equity':
      return equity
    case 'balance':
      return balance
    case 'higher':
      return higherOf(equity, balance)
    default:
      return of satisfies never
  }
}

export function valueInWords(of: ReferenceValue): string {
  return of === 'higher' ? 'higher of equity and balance' : of
}

export function higherOf(a: Amount | null, b: Amount | null): Amount | null {
  if (a === null || b === null) return null
  return a > b ? a : b
}
