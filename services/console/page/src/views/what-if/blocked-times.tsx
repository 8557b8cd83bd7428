import { formatChange } from '../../formats/amounts.ts'
import { formatDuration } from '../../formats/times.ts'
import { Moment } from '../../parts/moment.tsx'
import { number, TableHead } from '../../parts/table-head.tsx'
import type { Judged } from './worker/messages.ts'

/** More rows help nobody; the chart shows all. */
const ROWS_MAX = 200

interface BlockedTimesProps {
  readonly judged: Judged
  readonly names: readonly string[]
  readonly timeZone: string | undefined
}

/** The blocked times that the chart shows, as a table for each setting. */
export function BlockedTimes({ judged, names, timeZone }: BlockedTimesProps) {
  return (
    <>
      {judged.reports.map(({ blocked }, index) => (
        <details key={names[index]}>
          <summary>Blocked times: {names[index]}</summary>
          {blocked.length === 0 ? (
            <p class="quiet">Entries were never blocked.</p>
          ) : (
            <table>
              <caption>{blocked.length > ROWS_MAX ? `The last ${ROWS_MAX}` : 'All'}, the newest first.</caption>
              <TableHead columns={['From', 'For', 'By', number('Equity changed by')]} />
              <tbody>
                {blocked
                  .slice(-ROWS_MAX)
                  .reverse()
                  .map(({ from, to, limits, change }) => (
                    <tr key={from}>
                      <td>
                        <Moment at={from} timeZone={timeZone} />
                      </td>
                      <td>{to === null ? 'still' : formatDuration(to - from)}</td>
                      <td>{limits.length === 0 ? 'an operator' : limits.join(', ')}</td>
                      <td class="number">{formatChange(change.toFixed(2))}</td>
                    </tr>
                  ))}
              </tbody>
            </table>
          )}
        </details>
      ))}
    </>
  )
}
