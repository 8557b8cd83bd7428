import { nearestName, TRADER_EVENT_TYPES } from '@drawbridge/contracts'
import { UsageError } from '@drawbridge/service-kit/program'

const OF_ALL = ['flags', 'limits'] as const
/** The console takes so many pairs of traders and types. */
const PAIRS_MAX = 100

/** What is asked of the console, and what is left out of its answer. */
export interface Filter {
  readonly query: Readonly<Record<string, string>>
  readonly isWanted: (type: string) => boolean
}

/**
 * @param types null: all but readings by which nothing happened
 * @param isEverything whether these are wanted, too
 * @throws {UsageError} if a type is none
 */
export function filterOf(traders: readonly string[], types: readonly string[] | null, isEverything: boolean): Filter {
  const known: readonly string[] = traders.length === 0 ? [...TRADER_EVENT_TYPES, ...OF_ALL] : TRADER_EVENT_TYPES
  for (const type of types ?? []) if (!known.includes(type)) throw new UsageError(unknownType(type, known))
  const wanted = types ?? (isEverything ? null : known.filter((type) => type !== 'assessed'))
  const named: Record<string, string> = traders.length === 0 ? {} : { trader: traders.join(',') }
  // More pairs than the console takes are left out here.
  const isAsked = wanted !== null && wanted.length * Math.max(1, traders.length) <= PAIRS_MAX
  if (isAsked) named.type = wanted.join(',')
  return { query: named, isWanted: (type) => wanted === null || wanted.includes(type) }
}

function unknownType(type: string, known: readonly string[]): string {
  const near = nearestName(type, known)
  return `--type: there is no type "${type}"${near === null ? '' : `, did you mean ${near}?`} The types: ${known.join(', ')}`
}
