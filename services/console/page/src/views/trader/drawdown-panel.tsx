import { formatMoney, formatPercent } from '../../formats/amounts.ts'
import { formatDuration } from '../../formats/times.ts'
import { type DrawdownsAnswer, historyPath } from '../../history/answers.ts'
import { Refused } from '../../history/refused.tsx'
import type { TimeSpan } from '../../history/time-span.ts'
import { useAnswer } from '../../history/use-answer.ts'
import { Moment } from '../../parts/moment.tsx'
import { Scroller } from '../../parts/scroller.tsx'
import { number, TableHead, unseen } from '../../parts/table-head.tsx'
import { useZone } from './use-zone.ts'

export interface SpanPanelProps {
  readonly id: string
  /** Null: all that there is. */
  readonly span: TimeSpan | null
  readonly onSpan: (span: TimeSpan) => void
}

/** A drawdown is shown with so much of its length before and after it. */
const MARGIN = 0.15

/** The ten deepest drawdowns of the time that the chart shows. */
export function DrawdownPanel({ id, span, onSpan }: SpanPanelProps) {
  const { value, refusal, isLoading, again } = useAnswer<DrawdownsAnswer>(historyPath(id, 'drawdowns', span))
  const timeZone = useZone(id)
  const show = (from: number, until: number) => {
    const margin = Math.max((until - from) * MARGIN, 1_000)
    onSpan({ from: from - margin, until: until + margin })
  }
  return (
    <section class="panel" aria-labelledby="drawdowns-title" aria-busy={isLoading}>
      <h2 id="drawdowns-title">Deepest drawdowns</h2>
      {refusal !== null && <Refused refusal={refusal} again={again} />}
      {value !== null && value.drawdowns.length === 0 && (
        <p class="quiet">Equity was never below its peak in this time.</p>
      )}
      {value !== null && value.drawdowns.length > 0 && (
        <Scroller label="Deepest drawdowns">
          <table>
            <TableHead
              columns={[number('Depth'), 'From', 'Lowest', 'Recovered', number('Peak, lowest'), unseen('In the chart')]}
            />
            <tbody>
              {value.drawdowns.map(({ from, troughAt, until, peak, trough, drawdownPct, version }) => (
                <tr key={version}>
                  <th scope="row" class="number">
                    {formatPercent(drawdownPct, 2)}
                  </th>
                  <td>
                    <Moment at={from} timeZone={timeZone} />
                  </td>
                  <td>
                    <Moment at={troughAt} timeZone={timeZone} />
                  </td>
                  <td>{until === null ? 'not yet' : `after ${formatDuration(until - from, 1)}`}</td>
                  <td class="number">
                    {formatMoney(peak)}
                    <br />
                    {formatMoney(trough)}
                  </td>
                  <td>
                    <button
                      type="button"
                      aria-label={`Show the drawdown of ${formatPercent(drawdownPct, 2)} in the chart`}
                      onClick={() => show(from, until ?? Math.max(troughAt, span?.until ?? troughAt))}
                    >
                      Show
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </section>
  )
}
