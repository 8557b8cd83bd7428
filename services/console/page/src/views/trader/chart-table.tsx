import { useState } from 'preact/hooks'
import { formatCount, formatMoney, formatPercent } from '../../formats/amounts.ts'
import type { EquityAnswer } from '../../history/answers.ts'
import type { TimeSpan } from '../../history/time-span.ts'
import { Moment } from '../../parts/moment.tsx'
import { Scroller } from '../../parts/scroller.tsx'
import { number, TableHead } from '../../parts/table-head.tsx'
import { chartRows } from './chart-rows.ts'

interface ChartTableProps {
  readonly answer: EquityAnswer
  readonly span: TimeSpan
  readonly timeZone: string | undefined
}

const ROWS_MAX = 60

/** What the chart shows, for those who do not see it, and for exact reading. */
export function ChartTable({ answer, span, timeZone }: ChartTableProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details class="behind" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The chart as a table</summary>
      {isOpen && (
        <Scroller label="The chart as a table">
          <table>
            <caption class="unseen">Equity in at most {ROWS_MAX} steps</caption>
            <TableHead
              columns={[
                'From',
                number('First'),
                number('Lowest'),
                number('Highest'),
                number('Last'),
                number('Drawdown'),
                ...answer.limits.map(({ name }) => number(name)),
                number('Events'),
              ]}
            />
            <tbody>
              {chartRows(answer, span, ROWS_MAX).map((row) => (
                <tr key={row.at}>
                  <th scope="row">
                    <Moment at={row.at} timeZone={timeZone} />
                  </th>
                  <td class="number">{formatMoney(String(row.first))}</td>
                  <td class="number">{formatMoney(String(row.low))}</td>
                  <td class="number">{formatMoney(String(row.high))}</td>
                  <td class="number">{formatMoney(String(row.last))}</td>
                  <td class="number">{formatPercent(row.drawdownPct === null ? null : String(row.drawdownPct), 2)}</td>
                  {row.lines.map((line, index) => (
                    <td class="number" key={answer.limits[index]?.name}>
                      {formatMoney(line === null ? null : String(line))}
                    </td>
                  ))}
                  <td class="number">{formatCount(row.events)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
    </details>
  )
}
