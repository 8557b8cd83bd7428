import './trader.css'
import { useState } from 'preact/hooks'
import { pathOf, type Route } from '../../store/route.ts'
import { BlockedPanel } from './blocked-panel.tsx'
import { ChartPanel } from './chart-panel.tsx'
import { DayPanel } from './day-panel.tsx'
import { DrawdownPanel } from './drawdown-panel.tsx'
import { EventPanel } from './event-panel.tsx'
import { TraderHead } from './trader-head.tsx'
import { useTraderSpan } from './use-trader-span.ts'

/** One trader: its past as a chart, what happened, and how it stands. */
export function TraderView({ route }: { readonly route: Route }) {
  if (route.id === null) {
    return (
      <p class="empty">
        This address names no trader. <a href={pathOf('fleet')}>Choose one in the fleet</a>.
      </p>
    )
  }
  return <Trader key={route.id} id={route.id} />
}

function Trader({ id }: { readonly id: string }) {
  const time = useTraderSpan()
  /** The newest event that is shown by the chart; null: nothing is. */
  const [lastVersion, setLastVersion] = useState<number | null>(null)
  return (
    <div class="trader-view">
      <TraderHead id={id} />
      <ChartPanel id={id} time={time} onLastVersion={setLastVersion} />
      <div class="trader-panels">
        <EventPanel id={id} until={time.asked === null ? null : lastVersion} />
        <DayPanel id={id} whole={time.whole} onSpan={time.show} />
        <DrawdownPanel id={id} span={time.asked} onSpan={time.show} />
        <BlockedPanel id={id} span={time.asked} onSpan={time.show} />
      </div>
    </div>
  )
}
