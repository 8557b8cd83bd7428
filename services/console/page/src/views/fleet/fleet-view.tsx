import { useMemo, useState } from 'preact/hooks'
import { fleet } from '../../store/live.ts'
import { type Route, setQuery } from '../../store/route.ts'
import { mayAct } from '../../store/session.ts'
import { BulkBar } from './bulk-bar.tsx'
import { queryOf, settingsOf } from './fleet-settings.ts'
import { FleetTable } from './fleet-table.tsx'
import { FleetToolbar } from './fleet-toolbar.tsx'
import { useArrangement } from './use-arrangement.ts'

/** Every trader, and how it stands. */
export function FleetView({ route }: { readonly route: Route }) {
  const search = route.query.toString()
  const settings = useMemo(() => settingsOf(new URLSearchParams(search)), [search])
  const arrangement = useArrangement(settings)
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const select = (ids: readonly string[], isSelected: boolean) => {
    const next = new Set(selected)
    for (const id of ids) {
      if (isSelected) next.add(id)
      else next.delete(id)
    }
    setSelected(next)
  }
  const { total, shown } = arrangement
  return (
    <div class="fleet-view">
      <h1 class="unseen">Fleet</h1>
      <FleetToolbar settings={settings} arrangement={arrangement} />
      {total === 0 && <NoTraders />}
      {total > 0 && shown.length === 0 && (
        <p class="empty">
          No trader is like that.{' '}
          <button type="button" onClick={() => setQuery(queryOf({ search: '', states: [] }))}>
            Show all
          </button>
        </p>
      )}
      {shown.length > 0 && (
        <FleetTable
          arrangement={arrangement}
          settings={settings}
          selection={mayAct('operate') ? selected : null}
          onSelect={select}
        />
      )}
      {selected.size > 0 && <BulkBar traders={[...selected]} onDone={() => setSelected(new Set())} />}
    </div>
  )
}

function NoTraders() {
  if (!fleet.isComplete.value) return <p class="empty">Reading the risk log …</p>
  return (
    <div class="empty">
      <p>No trader has reported yet. A bot reports its equity like this:</p>
      <pre>
        <code>{'curl -X POST http://localhost:8081/api/traders/bot1/equity -d \'{"equity": 1000}\''}</code>
      </pre>
    </div>
  )
}
