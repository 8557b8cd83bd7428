import { DEFAULT_LIMITS, type LimitOverrides, type Limits, nearestId, type TraderId } from '@drawbridge/contracts'
import { isObject, type Source } from './read-settings.ts'
import type { TraderConfig } from './trader-settings.ts'

type Traders = Readonly<Record<TraderId, TraderConfig>>
/** The two ways in which a trader may name others. */
type Link = 'of' | 'obeys'

/**
 * Reports sums and traders that obey others where what they name cannot be followed.
 * @param all the limits of all traders
 */
export function checkGroups(
  { file, faults }: Pick<Source, 'file' | 'faults'>,
  all: LimitOverrides,
  traders: Traders,
): void {
  // A trader with a fault of its own is there all the same.
  const written = Object.keys(isObject(file.traders) ? file.traders : {})
  for (const [id, trader] of Object.entries(traders)) {
    const where = `config.json, traders.${id}`
    for (const link of ['of', 'obeys'] as const) {
      for (const fault of nameFaults(link, id, namedBy(trader, link), written)) faults.add(where, fault)
    }
    if (trader.source.kind !== 'sum') continue
    if (trader.limits.netDeposits !== true) {
      faults.add(where, 'limits: net_deposits must be true for a sum: a deposit of a member is no profit')
    }
    const twice = countedTwice(id, traders)
    if (twice !== null) faults.add(where, twice)
    const currencies = currencyFault([...trader.source.of, id], traders, all)
    if (currencies !== null) faults.add(where, currencies)
  }
  for (const link of ['of', 'obeys'] as const) {
    for (const circle of circlesOf(link, traders)) {
      faults.add(`config.json, traders.${circle[0]}`, `${link} goes in a circle: ${circle.join(' -> ')}; take one out`)
    }
  }
}

function namedBy({ source, obeys }: TraderConfig, link: Link): readonly TraderId[] {
  if (link === 'obeys') return obeys
  return source.kind === 'sum' ? source.of : []
}

function nameFaults(link: Link, id: TraderId, named: readonly TraderId[], written: readonly TraderId[]): string[] {
  const faults: string[] = []
  for (const [index, name] of named.entries()) {
    if (named.indexOf(name) < index) faults.push(`${link} names "${name}" twice`)
    else if (name === id) faults.push(`${link} names the trader itself; take "${name}" out`)
    else if (!written.includes(name)) faults.push(`${link} names "${name}", ${unknownInWords(name, id, written)}`)
  }
  return faults
}

function unknownInWords(name: string, id: TraderId, written: readonly TraderId[]): string {
  const others = written.filter((one) => one !== id)
  const nearest = nearestId(name, others)
  return nearest === null
    ? `which is not one of traders; add it there, for example as "${name}": {}`
    : `which is not one of traders, did you mean "${nearest}"?`
}

/** A trader that is in a sum by two of its members; null: none is. What goes in a circle, or is named twice, is told elsewhere. */
function countedTwice(id: TraderId, traders: Traders): string | null {
  const members = new Map<TraderId, TraderId>()
  const visit = (sum: TraderId, by: TraderId, path: readonly TraderId[]): string | null => {
    const trader = traders[sum]
    for (const member of trader === undefined ? [] : new Set(namedBy(trader, 'of'))) {
      if (member === id || path.includes(member)) return null
      const first = members.get(member)
      const way = by === '' ? member : by
      if (first !== undefined) return `of counts "${member}" twice: by ${first} and by ${way}; take one out`
      members.set(member, way)
      const fault = visit(member, way, [...path, member])
      if (fault !== null) return fault
    }
    return null
  }
  return visit(id, '', [])
}

/** A sum of amounts in several currencies is none. Null: they are one, as far as the settings say. */
function currencyFault(ids: readonly TraderId[], traders: Traders, all: LimitOverrides): string | null {
  const currencies = ids.map((one) => [one, currencyOf(traders[one]?.limits ?? {}, all)] as const)
  const known = currencies.filter(([, currency]) => currency !== null)
  const words = known.map(([one, currency]) => `${one} ${currency}`).join(', ')
  return new Set(known.map(([, currency]) => currency)).size > 1
    ? `a sum has one currency, and here are ${words}`
    : null
}

/** The limits of one trader as the settings have them; the log may have others. */
export function limitsOf(
  { limits, traders }: { readonly limits: LimitOverrides; readonly traders: Traders },
  id: TraderId,
): Limits {
  return { ...DEFAULT_LIMITS, ...limits, ...traders[id]?.limits }
}

/** Null: the settings do not say it. */
export function currencyOf(own: LimitOverrides, all: LimitOverrides): string | null {
  return (own.currency === undefined ? all.currency : own.currency) ?? null
}

/** Every circle once, from the trader of it that is written first. A trader that names itself is told elsewhere. */
function circlesOf(link: Link, traders: Traders): readonly (readonly TraderId[])[] {
  const circles: TraderId[][] = []
  const done = new Set<TraderId>()
  const visit = (id: TraderId, path: readonly TraderId[]): void => {
    const trader = traders[id]
    const begin = path.indexOf(id)
    if (begin >= 0 && path.length - begin > 1) circles.push([...path.slice(begin), id])
    if (begin >= 0 || done.has(id) || trader === undefined) return
    for (const next of namedBy(trader, link)) visit(next, [...path, id])
    done.add(id)
  }
  for (const id of Object.keys(traders)) visit(id, [])
  return circles
}
