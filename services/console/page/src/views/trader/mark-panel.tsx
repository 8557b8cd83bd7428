import type { Mark, MarkKind } from '@drawbridge/history/reads'
import { useState } from 'preact/hooks'
import { formatChange, formatMoney, formatPercent } from '../../formats/amounts.ts'
import type { MarksAnswer } from '../../history/answers.ts'
import { Refused } from '../../history/refused.tsx'
import type { TimeSpan } from '../../history/time-span.ts'
import type { Asked } from '../../history/use-answer.ts'
import { Moment } from '../../parts/moment.tsx'
import { Scroller } from '../../parts/scroller.tsx'
import { TableHead, unseen } from '../../parts/table-head.tsx'
import { Explanation } from './explanation.tsx'
import { useZone } from './use-zone.ts'

interface MarkPanelProps {
  readonly id: string
  readonly marks: Asked<MarksAnswer>
  readonly onSpan: (span: TimeSpan) => void
}

const NAMES: Readonly<Record<MarkKind, string>> = {
  breached: 'Breach',
  warned: 'Warning',
  'cash-flow': 'Cash flow',
  'reading-unconfirmed': 'Unconfirmed',
}
/** A mark is shown with so much before and after it. */
const MARGIN_MS = 15 * 86_400_000

/** The signs of the chart as a table, the newest first. */
export function MarkPanel({ id, marks: { value, refusal, isLoading, again }, onSpan }: MarkPanelProps) {
  const timeZone = useZone(id)
  const [explained, setExplained] = useState<number | null>(null)
  const marks = value?.marks ?? []
  return (
    <section class="panel" aria-labelledby="marks-title" aria-busy={isLoading}>
      <h2 id="marks-title">What happened</h2>
      {refusal !== null && <Refused refusal={refusal} again={again} />}
      {value !== null && marks.length === 0 && (
        <p class="quiet">No breach, no warning, no cash flow and no unconfirmed reading in this time.</p>
      )}
      {marks.length > 0 && (
        <Scroller label="Breaches, warnings, cash flows and unconfirmed readings">
          <table>
            <TableHead columns={['When', 'What', 'How much', unseen('More')]} />
            <tbody>
              {marks.toReversed().map((mark) => (
                <tr key={`${mark.version} ${mark.kind} ${mark.rule}`} data-mark={mark.kind}>
                  <td>
                    <Moment at={mark.at} timeZone={timeZone} />
                  </td>
                  <td>{NAMES[mark.kind]}</td>
                  <td class="words">{wordsOf(mark)}</td>
                  <td class="actions">
                    <button
                      type="button"
                      aria-label={`Show event ${mark.version} in the chart`}
                      onClick={() => onSpan({ from: mark.at - MARGIN_MS, until: mark.at + MARGIN_MS })}
                    >
                      Show
                    </button>
                    <button
                      type="button"
                      aria-label={`Explain the ${NAMES[mark.kind].toLowerCase()} of event ${mark.version}`}
                      onClick={() => setExplained(mark.version)}
                    >
                      Explain
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroller>
      )}
      {explained !== null && (
        <Explanation
          key={explained}
          id={id}
          version={explained}
          timeZone={timeZone}
          onClose={() => setExplained(null)}
        />
      )}
    </section>
  )
}

function wordsOf({ kind, rule, observedPct, limitPct, amount, reason }: Mark): string {
  switch (kind) {
    case 'breached':
    case 'warned':
      return `${rule}: ${formatPercent(observedPct, 2)} of ${formatPercent(limitPct, 2)}`
    case 'cash-flow':
      return [formatChange(amount), reason].filter((part) => part !== null).join(', ')
    case 'reading-unconfirmed':
      return [formatMoney(amount), reason].filter((part) => part !== null).join(', ')
    default:
      return kind satisfies never
  }
}
