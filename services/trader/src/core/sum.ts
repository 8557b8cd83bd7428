import {
  AMOUNT_BOUND,
  type Amount,
  formatAmount,
  formatInstant,
  type Instant,
  type Parsed,
  parsed,
  refused,
  type TraderId,
} from '@drawbridge/contracts'
import type { Member, MemberReading } from './sum-member.ts'

/** What a group reports: the sums of its members. */
export interface Sum {
  readonly equity: Amount
  /** Null: a member reports none. */
  readonly balance: Amount | null
  /** The sum over the members, so that money that goes from one to another counts as neither deposit nor withdrawal. */
  readonly netDeposits: Amount
  readonly currency: string | null
  /** The latest of the members' times; null: none has one. */
  readonly at: Instant | null
  /** The sum of the members' versions: it goes up whenever one of them does. */
  readonly seq: number
}

export type Members = ReadonlyMap<TraderId, Member>

/** The sum of the members. A refusal says why nobody can tell what it is. */
export function sumOf(members: Members): Parsed<Sum> {
  const readings: [TraderId, MemberReading][] = []
  for (const [trader, member] of members) {
    if (member.kind === 'doubtful') return refused(member.why)
    readings.push([trader, member.reading])
  }
  const currency = currencyOf(readings)
  if (!currency.ok) return currency
  const values = readings.map(([, reading]) => reading)
  const equity = total(values.map((one) => one.equity))
  const netDeposits = total(values.map(({ flows }) => flows))
  const balances = values.flatMap(({ balance }) => balance ?? [])
  const balance = balances.length === values.length ? total(balances) : null
  for (const amount of [equity, netDeposits, balance ?? 0n]) {
    if (amount >= AMOUNT_BOUND || amount <= -AMOUNT_BOUND) return refused('the sum of the members is 1e15 or beyond')
  }
  return parsed({ equity, balance, netDeposits, currency: currency.value, at: latest(values), seq: seqOf(members) })
}

export function seqOf(members: Members): number {
  return [...members.values()].reduce((seq, { version }) => seq + version, 0)
}

/** The tick of a sum. @param run whose count its `seq` is */
export function tickOf({ equity, balance, netDeposits, currency, at, seq }: Sum, run: string) {
  return {
    equity: formatAmount(equity),
    ...(balance === null ? {} : { balance: formatAmount(balance) }),
    net_deposits: formatAmount(netDeposits),
    ...(currency === null ? {} : { currency }),
    ...(at === null ? {} : { at: formatInstant(at) }),
    seq,
    run,
  }
}

/** The one currency of all that have one; null: nobody has. */
function currencyOf(readings: readonly (readonly [TraderId, MemberReading])[]): Parsed<string | null> {
  const known = readings.filter(([, { currency }]) => currency !== null)
  const [first] = known
  const other = known.find(([, { currency }]) => currency !== first?.[1].currency)
  if (first === undefined || other === undefined) return parsed(first?.[1].currency ?? null)
  return refused(`${first[0]} is in ${first[1].currency} and ${other[0]} in ${other[1].currency}`)
}

function total(amounts: readonly Amount[]): Amount {
  return amounts.reduce((sum, amount) => sum + amount, 0n)
}

function latest(readings: readonly MemberReading[]): Instant | null {
  return readings.reduce<Instant | null>((end, { at }) => (at === null || (end !== null && end >= at) ? end : at), null)
}
