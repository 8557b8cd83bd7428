import type { TraderOutcome } from '../../commands/command-many.ts'
import { formatCount } from '../../formats/amounts.ts'
import { TableHead } from '../../parts/table-head.tsx'

const WORDS: Readonly<Record<TraderOutcome['outcome'], string>> = {
  stored: 'Done',
  undecided: 'Not decided yet',
  refused: 'Refused',
  unknown: 'No such trader',
  failed: 'Not known',
}

/** What has become of the command for each trader, those first for which it is not done. */
export function OutcomeTable({
  outcomes,
  total,
}: {
  readonly outcomes: readonly TraderOutcome[]
  readonly total: number
}) {
  const done = outcomes.filter(({ outcome }) => outcome === 'stored').length
  const sorted = [...outcomes].sort((a, b) => Number(a.outcome === 'stored') - Number(b.outcome === 'stored'))
  return (
    <div class="outcomes" role="status">
      <p>
        Done for {formatCount(done)} of {formatCount(total)}.
      </p>
      <table>
        <TableHead columns={['Trader', 'Outcome', 'Why']} />
        <tbody>
          {sorted.map(({ trader, outcome, reason }) => (
            <tr key={trader} data-outcome={outcome}>
              <th scope="row">{trader}</th>
              <td>{WORDS[outcome]}</td>
              <td>{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
