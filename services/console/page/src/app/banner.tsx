import { formatCount } from '../formats/amounts.ts'
import { alarmsOf } from '../store/alarms.ts'
import { clock } from '../store/clock.ts'
import { fleet, link } from '../store/live.ts'
import { pathOf } from '../store/route.ts'
import { isBlocking, standingOf } from '../store/standing.ts'

/** What nobody may miss: that what is shown is old, that nobody judges, that trading is blocked. */
export function Banner() {
  const { pulse, pulseAt, leaseMs } = fleet
  const at = pulseAt.value
  const ageMs = at === null ? null : clock.value.steady - at
  const alarms = alarmsOf({ link: link.value, pulse: pulse.value, ageMs, leaseMs: leaseMs.value })
  return (
    <div class="banners">
      {alarms.map(({ kind, level, words }) => (
        <p key={kind} class="banner" data-level={level} data-kind={kind} role="alert">
          {words}
        </p>
      ))}
      <BlockedBanner />
    </div>
  )
}

function BlockedBanner() {
  void fleet.revision.value
  let blocked = 0
  let flatten = 0
  for (const member of fleet.members.values()) {
    const standing = standingOf(member)
    if (!isBlocking(standing)) continue
    blocked += 1
    if (standing === 'flatten') flatten += 1
  }
  if (blocked === 0) return null
  const traders = blocked === 1 ? '1 trader is blocked' : `${formatCount(blocked)} traders are blocked`
  const positions = flatten === 0 ? '' : `; ${formatCount(flatten)} must close all positions`
  return (
    <p class="banner" data-level="blocked">
      <strong>
        {traders}
        {positions}.
      </strong>{' '}
      <a href={pathOf('fleet', null, { state: 'flatten,blocked' })}>Show them</a>
    </p>
  )
}
