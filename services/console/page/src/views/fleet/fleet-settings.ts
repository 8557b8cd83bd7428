import { STANDINGS, type Standing } from '../../store/standing.ts'

export const GROUPS = ['none', 'group', 'currency', 'tag'] as const
export const SORT_KEYS = ['id', 'state', 'equity', 'day', 'drawdown', 'room'] as const
export type SortKey = (typeof SORT_KEYS)[number]

/** What of the fleet is shown, and how. The address has it, so that a link or a bookmark is a saved view. */
export interface FleetSettings {
  readonly search: string
  /** Empty: all. */
  readonly states: readonly Standing[]
  readonly group: (typeof GROUPS)[number]
  readonly sort: SortKey
  readonly isDescending: boolean
}

/** What is not known in an address is left out. */
export function settingsOf(query: URLSearchParams): FleetSettings {
  const states = (query.get('state') ?? '').split(',')
  return {
    search: query.get('q') ?? '',
    states: STANDINGS.filter((standing) => states.includes(standing)),
    group: GROUPS.find((group) => group === query.get('group')) ?? 'none',
    ...orderOf(query.get('sort') ?? ''),
  }
}

/** An order as the address has it: the key, after a minus if it is descending. */
export function orderOf(sort: string): Pick<FleetSettings, 'sort' | 'isDescending'> {
  const key = sort.replace(/^-/, '')
  return { sort: SORT_KEYS.find((one) => one === key) ?? 'state', isDescending: sort.startsWith('-') }
}

export function textOfOrder({ sort, isDescending }: Pick<FleetSettings, 'sort' | 'isDescending'>): string {
  return `${isDescending ? '-' : ''}${sort}`
}

/** For `setQuery`: null is what an address leaves out. */
export function queryOf(settings: Partial<FleetSettings>): Readonly<Record<string, string | null>> {
  const query: Record<string, string | null> = {}
  const { search, states, group, sort, isDescending } = settings
  if (search !== undefined) query.q = search === '' ? null : search
  if (states !== undefined) query.state = states.length === 0 ? null : states.join(',')
  if (group !== undefined) query.group = group === 'none' ? null : group
  if (sort !== undefined)
    query.sort =
      sort === 'state' && isDescending !== true ? null : textOfOrder({ sort, isDescending: isDescending === true })
  return query
}
