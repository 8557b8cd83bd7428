import { formatCount } from '../../formats/amounts.ts'
import { setQuery } from '../../store/route.ts'
import { STANDING_WORDS, STANDINGS, type Standing } from '../../store/standing.ts'
import type { Arrangement } from './arrange.ts'
import { type FleetSettings, GROUPS, orderOf, queryOf, textOfOrder } from './fleet-settings.ts'

const GROUP_WORDS = { none: 'Nothing', group: 'Group', currency: 'Currency', tag: 'Tag' } as const

/** Narrow screens have no table head to sort by. */
const ORDER_WORDS = [
  ['state', 'State'],
  ['-state', 'State, trading first'],
  ['room', 'Least room'],
  ['-room', 'Most room'],
  ['id', 'Name'],
  ['-id', 'Name, backwards'],
  ['equity', 'Lowest equity'],
  ['-equity', 'Highest equity'],
  ['day', 'Worst day'],
  ['-day', 'Best day'],
  ['-drawdown', 'Deepest drawdown'],
  ['drawdown', 'Least drawdown'],
] as const

/** What is shown, and how. All of it is in the address. */
export function FleetToolbar({
  settings,
  arrangement,
}: {
  readonly settings: FleetSettings
  readonly arrangement: Arrangement
}) {
  const { states, search, group } = settings
  const { counts, shown, total } = arrangement
  const set = (changes: Partial<FleetSettings>) => setQuery(queryOf(changes))
  const toggle = (standing: Standing) =>
    set({ states: states.includes(standing) ? states.filter((one) => one !== standing) : [...states, standing] })
  return (
    <search class="toolbar">
      <label class="search">
        <span class="unseen">Search traders</span>
        <input
          type="search"
          placeholder="Search traders, reasons, tags"
          value={search}
          onInput={({ currentTarget }) => set({ search: currentTarget.value })}
        />
      </label>
      <fieldset class="states">
        <legend class="unseen">Show only these states</legend>
        {STANDINGS.filter((standing) => counts[standing] > 0 || states.includes(standing)).map((standing) => (
          <button
            key={standing}
            type="button"
            class="chip"
            data-standing={standing}
            aria-pressed={states.includes(standing)}
            title={STANDING_WORDS[standing].about}
            onClick={() => toggle(standing)}
          >
            <span class="mark" aria-hidden="true" />
            {STANDING_WORDS[standing].name} {formatCount(counts[standing])}
          </button>
        ))}
      </fieldset>
      <label class="group-choice">
        <span>Group by</span>{' '}
        <select
          value={group}
          onChange={({ currentTarget }) => set({ group: currentTarget.value as FleetSettings['group'] })}
        >
          {GROUPS.map((one) => (
            <option key={one} value={one}>
              {GROUP_WORDS[one]}
            </option>
          ))}
        </select>
      </label>
      <label class="order-choice">
        <span class="unseen">Sort by</span>
        <select
          value={textOfOrder(settings)}
          onChange={({ currentTarget }) => setQuery(queryOf(orderOf(currentTarget.value)))}
        >
          {ORDER_WORDS.map(([order, words]) => (
            <option key={order} value={order}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <output class="quiet">
        {shown.length === total
          ? `${formatCount(total)} ${total === 1 ? 'trader' : 'traders'}`
          : `${formatCount(shown.length)} of ${formatCount(total)} traders`}
      </output>
    </search>
  )
}
