import type { MarksAnswer } from '../../history/answers.ts'
import type { Curve } from './chart/chart-data.ts'

interface ChartLegendProps {
  readonly curves: readonly Curve[]
  readonly hidden: ReadonlySet<string>
  readonly onHidden: (hidden: ReadonlySet<string>) => void
  readonly marks: MarksAnswer | null
}

const SIGNS = [
  ['breached', '■', 'breach'],
  ['warned', '▲', 'warning'],
  ['cash-flow', '◆', 'cash flow'],
  ['reading-unconfirmed', '○', 'unconfirmed reading'],
] as const

/** What the lines and signs are. Each line can be hidden. */
export function ChartLegend({ curves, hidden, onHidden, marks }: ChartLegendProps) {
  const toggle = (key: string) => {
    const next = new Set(hidden)
    if (!next.delete(key)) next.add(key)
    onHidden(next)
  }
  const more = marks?.more ?? []
  return (
    <div class="chart-legend">
      <span class="legend-equity">Equity, with its lowest and highest</span>
      <fieldset>
        <legend class="unseen">Lines of the chart</legend>
        {curves.map(({ key, words, kind, limit }) => (
          <label key={key} data-kind={kind} data-limit={limit % 5}>
            <input type="checkbox" checked={!hidden.has(key)} onChange={() => toggle(key)} />
            <span class="swatch" aria-hidden="true" />
            {words}
          </label>
        ))}
      </fieldset>
      <ul class="legend-signs">
        <li>
          <span class="blocked-swatch" aria-hidden="true" /> entries wait
        </li>
        {SIGNS.map(([kind, sign, words]) => (
          <li key={kind} data-sign={kind}>
            <span aria-hidden="true">{sign}</span> {words}
            {more.includes(kind) && <span class="quiet"> (the newest 500: zoom in to see all)</span>}
          </li>
        ))}
      </ul>
    </div>
  )
}
