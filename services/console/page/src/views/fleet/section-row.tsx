import { formatChange, formatCount, formatMoney } from '../../formats/amounts.ts'
import type { Section, Total } from './arrange.ts'

/** The head of a section, with totals that add up one currency each. */
export function SectionRow({
  section,
  columns,
  index,
}: {
  readonly section: Section
  readonly columns: number
  readonly index: number
}) {
  const { name, count, blocked, totals, unnamed } = section
  return (
    <tr class="section" aria-rowindex={index + 2}>
      <th scope="rowgroup" colSpan={columns}>
        <span class="section-name">{name}</span>
        <span class="quiet">
          {formatCount(count)} {count === 1 ? 'trader' : 'traders'}
          {blocked > 0 && `, ${formatCount(blocked)} blocked`}
        </span>
        {totals.map((total) => (
          <TotalWords key={total.currency} total={total} />
        ))}
        {unnamed > 0 && <span class="quiet">{formatCount(unnamed)} without a currency, in no total</span>}
      </th>
    </tr>
  )
}

function TotalWords({ total }: { readonly total: Total }) {
  return (
    <span class="total">
      {total.currency} {formatMoney(total.equity)} <span class="quiet">day {formatChange(total.day)}</span>
    </span>
  )
}
