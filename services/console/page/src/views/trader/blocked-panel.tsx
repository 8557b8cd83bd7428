import { formatCount, shortened } from '../../formats/amounts.ts'
import { formatDuration, formatTime } from '../../formats/times.ts'
import { type BlockedAnswer, historyPath } from '../../history/answers.ts'
import { Refused } from '../../history/refused.tsx'
import { useAnswer } from '../../history/use-answer.ts'
import { Moment } from '../../parts/moment.tsx'
import { Scroller } from '../../parts/scroller.tsx'
import { TableHead, unseen } from '../../parts/table-head.tsx'
import type { SpanPanelProps } from './drawdown-panel.tsx'
import { useZone } from './use-zone.ts'

const ROWS_MAX = 50

/** How long entries waited in the time that the chart shows, and why. */
export function BlockedPanel({ id, span, onSpan }: SpanPanelProps) {
  const { value, refusal, isLoading, again } = useAnswer<BlockedAnswer>(
    historyPath(id, 'blocked', span, { limit: String(ROWS_MAX) }),
  )
  const timeZone = useZone(id)
  return (
    <section class="panel blocked-panel" aria-labelledby="blocked-title" aria-busy={isLoading}>
      <h2 id="blocked-title">Time blocked</h2>
      {refusal !== null && <Refused refusal={refusal} again={again} />}
      {value !== null && (
        <p>
          {value.count === 0
            ? 'Entries were never blocked in this time.'
            : `Entries waited ${formatDuration(value.blockedMs)} of this time, ${formatCount(value.count)} times.`}
          {value.periods.some(({ until }) => until === null) && ' They still wait at its end.'}
          {value.more && ` The longest ${ROWS_MAX} are listed.`}
        </p>
      )}
      {value !== null && value.periods.length > 0 && (
        <Scroller label="Times that entries waited">
          <table>
            <TableHead columns={['From', 'For', 'Why', unseen('In the chart')]} />
            <tbody>
              {value.periods.map(({ from, until, code, holders, reason, version }) => (
                <tr key={version}>
                  <td>{from === null ? 'before' : <Moment at={from} timeZone={timeZone} />}</td>
                  <td>{until === null ? 'still at the end' : from === null ? '–' : formatDuration(until - from)}</td>
                  <td class="words">
                    {reason === null ? '' : shortened(reason)}
                    {holders.length === 0 && <span class="quiet"> ({code})</span>}
                    {holders.length > 0 && <span class="quiet"> ({holders.join(', ')})</span>}
                  </td>
                  <td>
                    {from !== null && until !== null && (
                      <button
                        type="button"
                        aria-label={`Show the time from ${formatTime(from, timeZone)} in the chart`}
                        onClick={() => onSpan({ from: from - (until - from), until: until + (until - from) })}
                      >
                        Show
                      </button>
                    )}
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
