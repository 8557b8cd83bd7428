import { formatChange, formatMoney, formatPercent, shortened, UNKNOWN } from '../../formats/amounts.ts'
import { Age } from '../../parts/age.tsx'
import { RoomBars } from '../../parts/room-bars.tsx'
import { StandingBadge } from '../../parts/standing-badge.tsx'
import { Until } from '../../parts/until.tsx'
import { fleet } from '../../store/live.ts'
import { pathOf } from '../../store/route.ts'
import { mayAct } from '../../store/session.ts'
import { standingOf } from '../../store/standing.ts'

const LIMITS_MAX = 32

/** How the trader stands now. */
export function TraderHead({ id }: { readonly id: string }) {
  void fleet.revision.value
  const member = fleet.members.get(id)
  if (member === undefined) {
    return (
      <header class="trader-head">
        <h1>{id}</h1>
        <p class="quiet">
          {fleet.isComplete.value
            ? 'The risk log has no event of this trader. What the history has of it follows, if anything.'
            : 'Reading the risk log …'}
        </p>
      </header>
    )
  }
  const { status, reason, until, equity, dailyPnl, drawdownPct, currency, limits, recordedAt, holders } = member
  return (
    <header class="trader-head">
      <div class="trader-title">
        <h1>{id}</h1>
        <StandingBadge standing={standingOf(member)} />
        <nav aria-label={`More of ${id}`}>
          <a class="button" href={pathOf('what-if', id)}>
            What if
          </a>{' '}
          {mayAct('operate') && (
            <a class="button" href={pathOf('operate', id)}>
              Operate
            </a>
          )}
        </nav>
      </div>
      {status !== 'allowed' && (
        <p>
          {reason === null ? '' : shortened(reason)}
          <br />
          {until !== null && (
            <Until until={until} isEventTime={member.timeBase === 'event'} timeZone={member.timeZone} />
          )}
          {status === 'paused' && until === null && <span class="quiet">until somebody resumes it</span>}
          {holders.length > 0 && <span class="quiet">; held by {holders.join(', ')}</span>}
        </p>
      )}
      <dl class="figures">
        <Figure name="Equity" value={`${formatMoney(equity)}${currency === null ? '' : ` ${currency}`}`} />
        <Figure name="Day" value={formatChange(dailyPnl)} />
        <Figure name="Drawdown" value={formatPercent(drawdownPct)} />
        <div>
          <dt>Last event</dt>
          <dd>{recordedAt === '' ? UNKNOWN : <Age at={recordedAt} />} ago</dd>
        </div>
      </dl>
      <section class="trader-rooms" aria-label="Room to each limit">
        <RoomBars limits={limits} max={LIMITS_MAX} isWide />
      </section>
    </header>
  )
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="number">{value}</dd>
    </div>
  )
}
