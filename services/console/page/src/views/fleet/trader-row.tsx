import type { FleetMember } from '../../../../src/core/fleet.ts'
import { formatChange, formatMoney, formatPercent, shortened } from '../../formats/amounts.ts'
import { Age } from '../../parts/age.tsx'
import { RoomBars } from '../../parts/room-bars.tsx'
import { StandingBadge } from '../../parts/standing-badge.tsx'
import { Until } from '../../parts/until.tsx'
import { pathOf } from '../../store/route.ts'
import type { Standing } from '../../store/standing.ts'
import { PastLine } from './past-line.tsx'

interface TraderRowProps {
  readonly member: FleetMember
  readonly standing: Standing
  readonly index: number
  /** Whether the row is as high as one with a reason. */
  readonly isHeld: boolean
  readonly hasPast: boolean
  /** Null: the reader may not select. */
  readonly selected: boolean | null
  readonly onSelect: (id: string, isSelected: boolean) => void
}

export function TraderRow({ member, standing, index, isHeld, hasPast, selected, onSelect }: TraderRowProps) {
  const { id, reason, until, equity, dailyPnl, drawdownPct, limits, currency, timeBase, timeZone } = member
  return (
    <tr class="trader" data-standing={standing} data-held={isHeld ? '' : undefined} aria-rowindex={index + 2}>
      {selected !== null && (
        <td class="pick">
          <input
            type="checkbox"
            aria-label={`Select ${id}`}
            checked={selected}
            onChange={({ currentTarget }) => onSelect(id, currentTarget.checked)}
          />
        </td>
      )}
      <th scope="row" class="name">
        <a href={pathOf('traders', id)} data-row={index}>
          {id}
        </a>
      </th>
      <td class="state">
        <StandingBadge standing={standing} />
      </td>
      <td class="why">
        {reason !== null && (
          <span class="reason" title={reason}>
            {shortened(reason)}
          </span>
        )}
        {until !== null && <Until until={until} isEventTime={timeBase === 'event'} timeZone={timeZone} />}
      </td>
      <td class="number equity">
        {formatMoney(equity)} <span class="quiet">{currency}</span>
      </td>
      <td class="number day" data-sign={dailyPnl?.startsWith('-') === true ? 'loss' : 'gain'}>
        {formatChange(dailyPnl)}
      </td>
      <td class="number drawdown">{formatPercent(drawdownPct)}</td>
      {hasPast && <td class="past">{member.version > 0 && <PastLine id={id} version={member.version} />}</td>}
      <td class="limits">
        <RoomBars limits={limits} />
      </td>
      <td class="number heard" title="since its last event">
        <Age at={member.recordedAt} />
      </td>
    </tr>
  )
}
