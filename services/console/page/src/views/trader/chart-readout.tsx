import { formatCount, formatMoney, formatPercent } from '../../formats/amounts.ts'
import { formatTime } from '../../formats/times.ts'
import type { EquityAnswer } from '../../history/answers.ts'

interface ChartReadoutProps {
  readonly answer: EquityAnswer
  /** Null: the last point is told. */
  readonly index: number | null
  readonly timeZone: string | undefined
}

/** The point under the pointer, in numbers. */
export function ChartReadout({ answer, index, timeZone }: ChartReadoutProps) {
  const place = index === null || index >= answer.at.length ? answer.at.length - 1 : index
  const at = answer.at[place]
  if (at === undefined) return <p class="chart-readout quiet">There is no event in this time.</p>
  const text = (value: number | null | undefined) =>
    formatMoney(value === null || value === undefined ? null : String(value))
  const events = answer.events[place] ?? 1
  return (
    <p class="chart-readout">
      <strong>{formatTime(at, timeZone)}</strong> equity <b>{text(answer.last[place])}</b>
      {events > 1 && (
        <>
          , from {text(answer.low[place])} to {text(answer.high[place])} in {formatCount(events)} events
        </>
      )}
      , peak {text(answer.peak[place])}, drawdown{' '}
      {formatPercent(answer.drawdownPct[place] === null ? null : String(answer.drawdownPct[place] ?? 0))}
      {answer.limits.map(({ name, measure, line }) => (
        <span key={`${measure} ${name}`}>
          , {name} {measure === 'loss' ? 'floor' : 'target'} {text(line[place])}
        </span>
      ))}
    </p>
  )
}
