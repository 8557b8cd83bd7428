import { setQuery } from '../../store/route.ts'
import { type FleetSettings, queryOf, type SortKey } from './fleet-settings.ts'

interface FleetHeadProps {
  readonly settings: FleetSettings
  readonly shown: readonly string[]
  readonly selection: ReadonlySet<string> | null
  readonly hasPast: boolean
  readonly onSelect: (ids: readonly string[], isSelected: boolean) => void
}

const COLUMNS: readonly (readonly [name: string, style: string, sort: SortKey | null])[] = [
  ['Trader', 'name', 'id'],
  ['State', 'state', 'state'],
  ['Why, and until', 'why', null],
  ['Equity', 'number equity', 'equity'],
  ['Day', 'number day', 'day'],
  ['Drawdown', 'number drawdown', 'drawdown'],
  ['Past', 'past', null],
  ['Room to limits', 'limits', 'room'],
  ['Heard', 'number heard', null],
]

export function FleetHead({ settings, shown, selection, hasPast, onSelect }: FleetHeadProps) {
  const isAll = selection !== null && shown.length > 0 && shown.every((id) => selection.has(id))
  return (
    <thead>
      <tr aria-rowindex={1}>
        {selection !== null && (
          <td class="pick">
            <input
              type="checkbox"
              aria-label={`Select all ${shown.length} traders that are shown`}
              checked={isAll}
              onChange={({ currentTarget }) => onSelect(shown, currentTarget.checked)}
            />
          </td>
        )}
        {COLUMNS.filter(([name]) => hasPast || name !== 'Past').map(([name, style, sort]) => (
          <th key={name} scope="col" class={style} aria-sort={ariaSort(settings, sort)}>
            {sort === null ? name : <SortButton name={name} sort={sort} settings={settings} />}
          </th>
        ))}
      </tr>
    </thead>
  )
}

function ariaSort(
  { sort, isDescending }: FleetSettings,
  column: SortKey | null,
): 'ascending' | 'descending' | undefined {
  if (sort !== column) return undefined
  return isDescending ? 'descending' : 'ascending'
}

interface SortButtonProps {
  readonly name: string
  readonly sort: SortKey
  readonly settings: FleetSettings
}

function SortButton({ name, sort, settings }: SortButtonProps) {
  const isOther = settings.sort !== sort
  const arrow = isOther ? '' : settings.isDescending ? ' ↓' : ' ↑'
  const sortBy = () => setQuery(queryOf({ sort, isDescending: isOther ? false : !settings.isDescending }))
  return (
    <button type="button" class="sort" onClick={sortBy}>
      {name}
      <span aria-hidden="true">{arrow}</span>
    </button>
  )
}
