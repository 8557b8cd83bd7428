import { effect } from '@preact/signals'
import { type Route, route, type ViewName } from '../store/route.ts'

const WORDS: Readonly<Record<ViewName, string>> = {
  fleet: 'Fleet',
  traders: 'Trader',
  'what-if': 'What if',
  'time-travel': 'Time travel',
  operate: 'Operate',
  alerts: 'Alerts',
  health: 'Health',
}

/** What a tab and the history of the browser call the place, and a screen reader says first. */
export function titleOf({ view, id }: Pick<Route, 'view' | 'id'>): string {
  if (id === null) return `${WORDS[view]} · Drawbridge`
  return view === 'traders' ? `${id} · Drawbridge` : `${WORDS[view]}: ${id} · Drawbridge`
}

export function followTitle(): void {
  effect(() => {
    document.title = titleOf(route.value)
  })
}
