import { formatDuration } from '../formats/times.ts'
import { clock } from '../store/clock.ts'
import { fleet, link } from '../store/live.ts'
import { pathOf, route, type ViewName } from '../store/route.ts'
import { mayAct } from '../store/session.ts'
import { DisplayMenu } from './display-menu.tsx'

const PLACES: readonly (readonly [ViewName, string])[] = [
  ['fleet', 'Fleet'],
  ['what-if', 'What if'],
  ['time-travel', 'Time travel'],
  ['operate', 'Operate'],
  ['alerts', 'Alerts'],
  ['health', 'Health'],
]

export function Header() {
  const { view } = route.value
  const shown = view === 'traders' ? 'fleet' : view
  const places = PLACES.filter(([name]) => name !== 'operate' || mayAct('operate'))
  return (
    <header class="bar">
      <a class="brand" href="/">
        <img src="/icon.svg" alt="" width="20" height="20" />
        <span>Drawbridge</span>
      </a>
      <nav aria-label="Views">
        {places.map(([name, words]) => (
          <a key={name} href={pathOf(name)} aria-current={shown === name ? 'page' : undefined}>
            {words}
          </a>
        ))}
      </nav>
      <DataAge />
      <DisplayMenu />
    </header>
  )
}

/** How old what is shown may be: since the console was heard last. */
function DataAge() {
  const { pulseAt } = fleet
  const at = pulseAt.value
  const state = link.value === 'open' && at !== null ? 'fresh' : link.value
  const words = at === null ? 'no data yet' : `${formatDuration(clock.value.steady - at)} old`
  return (
    <span class="age" data-link={state} title="since the console was heard last">
      <span class="dot" aria-hidden="true" /> Data {words}
    </span>
  )
}
