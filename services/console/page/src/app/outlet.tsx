import type { ComponentType, VNode } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { pathOf, type Route, route, type ViewName } from '../store/route.ts'
import { FleetView } from '../views/fleet/fleet-view.tsx'
import { ViewBoundary } from './view-boundary.tsx'

export interface ViewProps {
  readonly route: Route
}
type View = ComponentType<ViewProps>

/** Views that are loaded when they are first shown. Each is a chunk of its own. */
const LATER: Partial<Record<ViewName, () => Promise<View>>> = {
  traders: () => import('../views/trader/trader-view.tsx').then(({ TraderView }) => TraderView),
  'what-if': () => import('../views/what-if/what-if-view.tsx').then(({ WhatIfView }) => WhatIfView),
  'time-travel': () => import('../views/time-travel/time-travel-view.tsx').then(({ TimeTravelView }) => TimeTravelView),
  operate: () => import('../views/operate/operate-view.tsx').then(({ OperateView }) => OperateView),
  alerts: () => import('../views/alerts/alerts-view.tsx').then(({ AlertsView }) => AlertsView),
  health: () => import('../views/health/health-view.tsx').then(({ HealthView }) => HealthView),
}

/** The view that the address names. One that fails takes nothing else with it. */
export function Outlet(): VNode {
  const at = route.value
  return (
    <ViewBoundary key={pathOf(at.view, at.id)}>
      <NamedView route={at} />
    </ViewBoundary>
  )
}

function NamedView({ route: at }: ViewProps): VNode {
  if (at.view === 'fleet') return <FleetView route={at} />
  const load = LATER[at.view]
  return load === undefined ? (
    <p class="empty">This view is not part of this console.</p>
  ) : (
    <Later key={at.view} load={load} route={at} />
  )
}

function Later({ load, route }: ViewProps & { readonly load: () => Promise<View> }) {
  const [state, setState] = useState<{ view: View } | 'loading' | 'failed'>('loading')
  useEffect(() => {
    let isShown = true
    load().then(
      (view) => isShown && setState({ view }),
      () => isShown && setState('failed'),
    )
    return () => {
      isShown = false
    }
  }, [load])
  if (state === 'loading') return <p class="empty">Loading …</p>
  if (state === 'failed') {
    return (
      <p class="empty" role="alert">
        This view could not be loaded.{' '}
        <a href={location.href} onClick={() => location.reload()}>
          Load the page again
        </a>
      </p>
    )
  }
  const { view: View } = state
  return <View route={route} />
}
