import { useState } from 'preact/hooks'
import { formatMoney } from '../../formats/amounts.ts'
import { Moment } from '../../parts/moment.tsx'
import { Scroller } from '../../parts/scroller.tsx'
import { number, TableHead } from '../../parts/table-head.tsx'
import { inOrder, type WhatIfCurve } from './what-if-curves.ts'

interface CurveTableProps {
  readonly curves: readonly WhatIfCurve[]
  readonly times: readonly number[]
  readonly timeZone: string | undefined
}

const ROWS_MAX = 60

/** What the chart shows, for those who do not see it: so many of its points. */
export function CurveTable({ curves, times, timeZone }: CurveTableProps) {
  const [isOpen, setOpen] = useState(false)
  const step = Math.max(1, Math.ceil(times.length / ROWS_MAX))
  return (
    <details class="behind" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The chart as a table</summary>
      {isOpen && (
        <Scroller label="The chart as a table">
          <table>
            <TableHead columns={['When', ...inOrder(curves).map(({ words }) => number(words))]} />
            <tbody>
              {times.map((at, index) =>
                index % step !== 0 ? null : (
                  <tr key={at}>
                    <th scope="row">
                      <Moment at={at} timeZone={timeZone} />
                    </th>
                    {inOrder(curves).map(({ words, column }) => (
                      <td class="number" key={words}>
                        {formatMoney(column[index]?.toFixed(8) ?? null)}
                      </td>
                    ))}
                  </tr>
                ),
              )}
            </tbody>
          </table>
        </Scroller>
      )}
    </details>
  )
}
