import './trader.css'
import { useState } from 'preact/hooks'
import { historyPath, type MarksAnswer } from '../../history/answers.ts'
import { Refused } from '../../history/refused.tsx'
import { useAnswer } from '../../history/use-answer.ts'
import { pathOf, type Route } from '../../store/route.ts'
import { BlockedPanel } from './blocked-panel.tsx'
import { ChartPanel } from './chart-panel.tsx'
import { DayPanel } from './day-panel.tsx'
import { DrawdownPanel } from './drawdown-panel.tsx'
import { EventPanel } from './event-panel.tsx'
import { MarkPanel } from './mark-panel.tsx'
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
  const marks = useAnswer<MarksAnswer>(historyPath(id, 'marks', time.asked))
  /** The newest event that is shown by the chart; null: nothing is. */
  const [lastVersion, setLastVersion] = useState<number | null>(null)
  if (marks.refusal?.code === 'unknown-trader') {
    return (
      <div class="trader-view">
        <TraderHead id={id} />
        <div class="panel">
          <Refused refusal={marks.refusal} again={marks.again} />
          <a href={pathOf('fleet')}>All traders</a>
        </div>
      </div>
    )
  }
  return (
    <div class="trader-view">
      <TraderHead id={id} />
      <ChartPanel id={id} time={time} marks={marks} onLastVersion={setLastVersion} />
      <div class="trader-panels">
        <DayPanel id={id} whole={time.whole} onSpan={time.show} />
        <MarkPanel id={id} marks={marks} onSpan={time.show} />
        <EventPanel id={id} until={time.asked === null ? null : lastVersion} />
        <DrawdownPanel id={id} span={time.asked} onSpan={time.show} />
        <BlockedPanel id={id} span={time.asked} onSpan={time.show} />
      </div>
    </div>
  )
}
