import { computed, signal } from '@preact/signals'

/** The views by the first part of their path. */
export const VIEW_NAMES = ['fleet', 'traders', 'what-if', 'time-travel', 'operate', 'alerts', 'health'] as const
export type ViewName = (typeof VIEW_NAMES)[number]

export interface Route {
  readonly view: ViewName
  /** What the path names after the view: the id of a trader; null: nothing. */
  readonly id: string | null
  readonly query: URLSearchParams
}

/** A path that is not known shows the fleet. */
export function routeOf(path: string, search: string): Route {
  const [first = '', second = ''] = path.split('/').filter((part) => part !== '')
  const view = VIEW_NAMES.find((name) => name === first) ?? 'fleet'
  return { view, id: second === '' ? null : decoded(second), query: new URLSearchParams(search) }
}

/** An address may be typed by hand. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

export function pathOf(view: ViewName, id: string | null = null, query: Readonly<Record<string, string>> = {}): string {
  const path = view === 'fleet' ? '/' : `/${view}${id === null ? '' : `/${encodeURIComponent(id)}`}`
  const search = new URLSearchParams(query).toString()
  return search === '' ? path : `${path}?${search}`
}

const place = signal(typeof location === 'undefined' ? '/' : location.pathname + location.search)

export const route = computed(() => {
  const [path = '/', search = ''] = place.value.split('?')
  return routeOf(path, search)
})

/** Browsers refuse more than a hundred changes of the address in 30 seconds, as while somebody drags a chart. */
const WRITE_EVERY_MS = 400
let writtenAt = Number.NEGATIVE_INFINITY
let waiting: ReturnType<typeof setTimeout> | undefined

/** Gives the address of the browser the place that is shown; a change soon after another one waits. */
function write(): void {
  clearTimeout(waiting)
  const wait = writtenAt + WRITE_EVERY_MS - performance.now()
  if (wait > 0) waiting = setTimeout(write, wait)
  else writeNow()
}

function writeNow(): void {
  clearTimeout(waiting)
  writtenAt = performance.now()
  history.replaceState(null, '', place.value)
}

/** Goes to another place of the page, as a click on a link does. */
export function goTo(path: string): void {
  // What waits belongs to the place that is left.
  writeNow()
  history.pushState(null, '', path)
  place.value = path
}

/** Changes what the address says of the view, without a step in the history; null removes a name. */
export function setQuery(changes: Readonly<Record<string, string | null>>): void {
  const [path = '/', before = ''] = place.value.split('?')
  const query = new URLSearchParams(before)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === '') query.delete(name)
    else query.set(name, value)
  }
  const search = query.toString()
  place.value = search === '' ? path : `${path}?${search}`
  write()
}

/** Whether a link leads to a place of what is shown, as to skip the head: the browser moves the focus there. */
function isPlaceInPage({ hash, pathname, search }: HTMLAnchorElement): boolean {
  return hash !== '' && pathname === location.pathname && search === location.search
}

/** Follows links inside the page, and the buttons of the browser. */
export function followRoute(): void {
  addEventListener('pagehide', writeNow)
  addEventListener('popstate', () => {
    clearTimeout(waiting)
    place.value = location.pathname + location.search
  })
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (link === null || link.origin !== location.origin || link.target !== '' || link.hasAttribute('download')) return
    if (link.pathname.startsWith('/docs') || link.pathname.startsWith('/api')) return
    if (isPlaceInPage(link)) return
    event.preventDefault()
    goTo(link.pathname + link.search)
  })
}
