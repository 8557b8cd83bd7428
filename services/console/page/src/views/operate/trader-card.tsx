import { formatMoney } from '../../formats/amounts.ts'
import { RoomBars } from '../../parts/room-bars.tsx'
import { StandingBadge } from '../../parts/standing-badge.tsx'
import { Until } from '../../parts/until.tsx'
import { fleet } from '../../store/live.ts'
import { pathOf } from '../../store/route.ts'
import { standingOf } from '../../store/standing.ts'

/** How the trader stands while a command is thought over. */
export function TraderCard({ id }: { readonly id: string }) {
  void fleet.revision.value
  const member = fleet.members.get(id)
  if (member === undefined) {
    return <p class="card quiet">{id} has never reported. A command to it needs that it is in the settings.</p>
  }
  const { reason, until, equity, currency, holders, limits, timeBase, timeZone } = member
  return (
    <section class="card" aria-label={id}>
      <h2>
        <a href={pathOf('traders', id)}>{id}</a> <StandingBadge standing={standingOf(member)} />
      </h2>
      <p>
        Equity {formatMoney(equity)} {currency}
        {reason !== null && <>. Entries wait: {reason}</>}
      </p>
      {until !== null && (
        <p>
          <Until until={until} isEventTime={timeBase === 'event'} timeZone={timeZone} />
        </p>
      )}
      {holders.length > 0 && <p>Held by {holders.join(', ')}.</p>}
      <RoomBars limits={limits} max={6} isWide />
    </section>
  )
}
