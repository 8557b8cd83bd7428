import { sumOf } from '../../formats/decimals.ts'
import type { Account } from '../../store/accounts.ts'
import { STANDINGS, type Standing } from '../../store/standing.ts'
import type { FleetSettings, SortKey } from './fleet-settings.ts'

/** A total of accounts in one currency; amounts of different currencies are never added. */
export interface Total {
  readonly currency: string
  readonly equity: string
  readonly day: string
  /** How many accounts it is of. */
  readonly count: number
}

export interface Section {
  readonly kind: 'section'
  readonly key: string
  readonly name: string
  readonly count: number
  readonly blocked: number
  readonly totals: readonly Total[]
  /** Accounts with an equity that name no currency, so that they are in no total. Sums of others are in none, either. */
  readonly unnamed: number
}
export type FleetRow = Section | { readonly kind: 'trader'; readonly key: string; readonly account: Account }

export interface Arrangement {
  readonly rows: readonly FleetRow[]
  /** The traders that are shown, each once. */
  readonly shown: readonly string[]
  /** Counted over all traders. */
  readonly counts: Readonly<Record<Standing, number>>
  readonly total: number
}

/** The rows of the fleet: filtered, in sections, sorted. */
export function arrange(accounts: readonly Account[], settings: FleetSettings): Arrangement {
  const counts = Object.fromEntries(STANDINGS.map((standing) => [standing, 0])) as Record<Standing, number>
  for (const { standing } of accounts) counts[standing] += 1
  const shown = accounts.filter((account) => isShown(account, settings)).sort(comparator(settings))
  const sections = new Map<string, Account[]>()
  const isBoth = shown.some(({ about }) => about.paper) && shown.some(({ about }) => !about.paper)
  for (const account of shown) {
    for (const name of sectionsOf(account, settings, isBoth)) {
      const list = sections.get(name) ?? []
      list.push(account)
      sections.set(name, list)
    }
  }
  const isOne = sections.size === 1 && sections.has('')
  const names = [...sections.keys()].sort(byLiveFirst)
  const rows = names.flatMap((name): FleetRow[] => {
    const list = sections.get(name) ?? []
    const traders = list.map((account) => ({ kind: 'trader', key: `${name}/${account.member.id}`, account }) as const)
    return isOne ? traders : [sectionOf(name, list), ...traders]
  })
  return { rows, shown: shown.map(({ member }) => member.id), counts, total: accounts.length }
}

function isShown({ member, standing, about }: Account, { search, states }: FleetSettings): boolean {
  if (states.length > 0 && !states.includes(standing)) return false
  if (search === '') return true
  const text = [member.id, member.reason, about.group, ...about.tags, ...member.holders].join(' ').toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

const LIVE = 'Live'
const PAPER = 'Paper'

function sectionsOf({ member, about }: Account, { group }: FleetSettings, isBoth: boolean): readonly string[] {
  const kind = isBoth ? [about.paper ? PAPER : LIVE] : []
  return groupsOf(member.currency, about, group).map((name) => [...kind, ...name].join(' · '))
}

function groupsOf(
  currency: string | null,
  { group, tags }: Account['about'],
  by: FleetSettings['group'],
): readonly (readonly string[])[] {
  switch (by) {
    case 'none':
      return [[]]
    case 'group':
      return [[group ?? 'no group']]
    case 'currency':
      return [[currency ?? 'no currency named']]
    case 'tag':
      return tags.length === 0 ? [['no tag']] : tags.map((tag) => [tag])
    default:
      return by satisfies never
  }
}

function byLiveFirst(a: string, b: string): number {
  const [first, second] = [a, b].map((name) => Number(name.startsWith(PAPER)))
  return (first ?? 0) - (second ?? 0) || a.localeCompare(b)
}

function sectionOf(name: string, accounts: readonly Account[]): Section {
  const byCurrency = new Map<string, Account[]>()
  let unnamed = 0
  for (const account of accounts) {
    const { currency, equity } = account.member
    if (equity === null || account.about.isSum) continue
    const list = currency === null ? undefined : byCurrency.get(currency)
    if (currency === null) unnamed += 1
    else if (list === undefined) byCurrency.set(currency, [account])
    else list.push(account)
  }
  return {
    kind: 'section',
    key: `section ${name}`,
    name: name === '' ? 'All' : name,
    count: accounts.length,
    blocked: accounts.filter(({ standing }) => standing === 'blocked' || standing === 'flatten').length,
    totals: [...byCurrency].map(([currency, list]) => totalOf(currency, list)),
    unnamed,
  }
}

function totalOf(currency: string, accounts: readonly Account[]): Total {
  const amounts = (of: (account: Account) => string | null) => accounts.map(of).filter((amount) => amount !== null)
  return {
    currency,
    equity: sumOf(amounts(({ member }) => member.equity)),
    day: sumOf(amounts(({ member }) => member.dailyPnl)),
    count: accounts.length,
  }
}

const VALUES: Readonly<Record<Exclude<SortKey, 'id'>, (account: Account) => number | null>> = {
  state: ({ standing }) => STANDINGS.indexOf(standing),
  equity: ({ member }) => numberOf(member.equity),
  day: ({ member }) => numberOf(member.dailyPnl),
  drawdown: ({ member }) => numberOf(member.drawdownPct),
  // As the bars: a target of profit is no limit that is near.
  room: ({ member }) => numberOf(member.limits.find(({ measure }) => measure === 'loss')?.roomPct ?? null),
}

/** What has no value comes last, in both directions; equals are in the order of their ids. */
function comparator({ sort, isDescending }: FleetSettings): (a: Account, b: Account) => number {
  const sign = isDescending ? -1 : 1
  const byId = (a: Account, b: Account) => (a.member.id < b.member.id ? -1 : Number(a.member.id > b.member.id))
  if (sort === 'id') return (a, b) => sign * byId(a, b)
  const sortedBy = VALUES[sort]
  return (a, b) => {
    const [first, second] = [sortedBy(a), sortedBy(b)]
    if (first === null || second === null) return Number(first === null) - Number(second === null) || byId(a, b)
    return sign * (first - second) || byId(a, b)
  }
}

/** Near enough to sort by. */
function numberOf(amount: string | null): number | null {
  return amount === null ? null : Number(amount)
}
