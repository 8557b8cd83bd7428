import { formatChange, formatMoney, formatPercent, shortened } from '../../formats/amounts.ts'
import { formatDuration, formatTime } from '../../formats/times.ts'
import { type TraderThen, toText } from '../../history/answers.ts'
import { RoomBars } from '../../parts/room-bars.tsx'
import { StandingBadge } from '../../parts/standing-badge.tsx'
import { number, TableHead } from '../../parts/table-head.tsx'
import { pathOf } from '../../store/route.ts'
import { type Standing, standingOf } from '../../store/standing.ts'

interface FleetThenProps {
  readonly traders: readonly TraderThen[]
  readonly at: number
  readonly timeZone: string | undefined
}

const DAY_MS = 86_400_000

/** Traders as they were. */
export function FleetThen({ traders, at, timeZone }: FleetThenProps) {
  if (traders.length === 0) return <p class="empty">No trader had an event by then.</p>
  return (
    <div class="table-scroll">
      <table class="fleet-then">
        <TableHead
          columns={[
            'Trader',
            'State',
            'Why',
            number('Equity'),
            number('Day'),
            number('Drawdown'),
            'Room',
            'Last event',
          ]}
        />
        <tbody>
          {traders.map((trader) => (
            <Row key={trader.trader} trader={trader} at={at} timeZone={timeZone} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

interface RowProps {
  readonly trader: TraderThen
  readonly at: number
  readonly timeZone: string | undefined
}

function Row({ trader: then, at, timeZone }: RowProps) {
  const around = { from: toText(at - DAY_MS), until: toText(at + DAY_MS) }
  return (
    <tr>
      <th scope="row" class="name">
        <a href={pathOf('traders', then.trader, around)}>{then.trader}</a>
      </th>
      <td>
        <StandingBadge standing={standingThen(then)} />
      </td>
      <td>
        {then.status !== 'allowed' && then.reason !== null && shortened(then.reason)}
        {then.until !== null && <span class="quiet"> until {formatTime(then.until, timeZone)}</span>}
      </td>
      <td class="number">{formatMoney(then.equity)}</td>
      <td class="number">{formatChange(then.dailyPnl)}</td>
      <td class="number">{formatPercent(then.drawdownPct)}</td>
      <td class="room-cell">
        <RoomBars limits={then.limits} />
      </td>
      <td class="quiet last">{at === then.at ? 'then' : `${formatDuration(at - then.at)} before`}</td>
    </tr>
  )
}

/** Rows do not say whether a limit warned or asked to close positions, so no trader is shown as warned or flatten. */
function standingThen({ status, code, limits }: TraderThen): Standing {
  const known = code === 'paused' ? 'operator' : (code as Parameters<typeof standingOf>[0]['code'])
  return standingOf({ status, code: known, action: null, staleSince: null, limits: [...limits] })
}
