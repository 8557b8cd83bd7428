import { type Amount, formatInstant, type Instant, type RiskEvent, type TraderId } from '@drawbridge/contracts'

/** The last confirmed reading of a member of a sum, and what it says beside the equity. */
export interface MemberReading {
  readonly equity: Amount
  readonly balance: Amount | null
  /** The sum of all its deposits and withdrawals in this account period. */
  readonly flows: Amount
  readonly currency: string | null
  /** In the member's time. */
  readonly at: Instant | null
  readonly lastTickAt: Instant | null
  /** With what its account period began. */
  readonly firstEquity: Amount | null
}

/** What is known of a member. */
export type Member =
  | { readonly kind: 'fresh'; readonly version: number; readonly reading: MemberReading }
  /** Nobody can say what its equity is now. */
  | { readonly kind: 'doubtful'; readonly version: number; readonly why: string }

/** What a gate knows of it. */
export type KnownOf = { readonly known: true; readonly event: RiskEvent | null } | { readonly known: false }

/** @param currency of the settings; null: they do not say it */
export function memberOf(trader: TraderId, newest: KnownOf, currency: string | null): Member {
  if (!newest.known) return { kind: 'doubtful', version: 0, why: `the newest decision on ${trader} is not known` }
  if (newest.event === null) return { kind: 'doubtful', version: 0, why: `${trader} has not reported yet` }
  const { state } = newest.event
  const why = doubtOf(newest.event)
  if (state.equity === null || why !== null) {
    return { kind: 'doubtful', version: state.version, why: `${trader} ${why ?? 'has no confirmed reading yet'}` }
  }
  const reading = {
    equity: state.equity,
    balance: state.balance,
    flows: state.flows?.total ?? 0n,
    currency: state.limits?.currency ?? currency ?? state.currency,
    at: state.time,
    lastTickAt: state.lastTickAt,
    firstEquity: state.firstEquity,
  }
  return { kind: 'fresh', version: state.version, reading }
}

/** Why its last confirmed reading does not say how the account stands; null: it does, as far as is known. */
function doubtOf({ state: { doubt, staleSince } }: RiskEvent): string | null {
  if (doubt.pending !== null || doubt.zeros !== null) return 'has a reading that is not confirmed yet'
  if (doubt.rejected !== null) return `has a reading that was rejected: ${doubt.rejected}`
  if (doubt.late?.blocks === true) return 'sends readings late or twice'
  return staleSince === null ? null : `has reported no equity since ${formatInstant(staleSince)}`
}

/** Whether a reading is another one than before: the member has spoken. */
export function isNews(before: MemberReading, after: MemberReading): boolean {
  if (before.equity !== after.equity || before.balance !== after.balance || before.flows !== after.flows) return true
  return before.lastTickAt !== after.lastTickAt
}
