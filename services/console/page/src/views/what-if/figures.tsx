import type { WhatIfReport } from '@drawbridge/risk-engine/what-if'
import { formatCount, formatMoney, formatPercent } from '../../formats/amounts.ts'
import { formatDuration } from '../../formats/times.ts'
import { Scroller } from '../../parts/scroller.tsx'
import { number, TableHead } from '../../parts/table-head.tsx'
import type { Judged } from './worker/messages.ts'

interface Row {
  readonly words: string
  readonly about: string
  readonly value: (report: WhatIfReport) => string
}

const ROWS: readonly Row[] = [
  { words: 'Limits broken', about: 'How often a limit broke', value: ({ breachCount }) => formatCount(breachCount) },
  {
    words: 'Pauses',
    about: 'Times in which entries were blocked',
    value: ({ blockedCount }) => formatCount(blockedCount),
  },
  { words: 'Blocked for', about: 'All of these times', value: ({ blockedMs }) => formatDuration(blockedMs) },
  {
    words: 'Saved',
    about: 'What the account lost in blocked times, net of cash flows',
    value: ({ saved }) => formatMoney(decimal(saved)),
  },
  {
    words: 'Missed',
    about: 'What it gained in the other blocked times',
    value: ({ missed }) => formatMoney(decimal(missed)),
  },
  {
    words: 'Worst drawdown while trading',
    about: 'The largest fall of the first equity and all changes outside of blocked times',
    value: ({ worst }) => `${formatPercent(decimal(worst.percent), 2)} (${formatMoney(decimal(worst.amount))})`,
  },
]

/** What happened beside what would have, in numbers. */
export function Figures({ judged, names }: { readonly judged: Judged; readonly names: readonly string[] }) {
  return (
    <Scroller label="Figures">
      <table class="what-if-figures">
        <caption>
          An estimate: positions that were open go on in a blocked time, and another bot would have done something else.
        </caption>
        <TableHead columns={['Figure', ...names.map((name) => number(name))]} />
        <tbody>
          {ROWS.map(({ words, about, value }) => (
            <tr key={words}>
              <th scope="row">
                {words} <span class="quiet">{about}</span>
              </th>
              {judged.reports.map((report, index) => (
                <td key={names[index]} class="number">
                  {value(report)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  )
}

/** A double of a figure as the formats take amounts. */
function decimal(value: number): string {
  return Number.isFinite(value) ? value.toFixed(8) : '0'
}
