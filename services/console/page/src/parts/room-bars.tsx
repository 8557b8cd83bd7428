import type { LimitRoom } from '../../../src/core/room-left.ts'
import { formatMoney, formatPercent } from '../formats/amounts.ts'

/** So many limits have a bar in a row; the others are told as a number. */
const BARS_MAX = 2

interface RoomBarsProps {
  readonly limits: readonly LimitRoom[]
  readonly max?: number
  /** Whether there is place to tell the amount and the line, too. */
  readonly isWide?: boolean
}

/** The room that is left to each limit, the nearest first. The number says it; the bar shows it. */
export function RoomBars({ limits, max = BARS_MAX, isWide = false }: RoomBarsProps) {
  const losses = limits.filter(({ measure }) => measure === 'loss')
  if (losses.length === 0) return <span class="quiet">no limit is computed yet</span>
  const more = losses.length - max
  return (
    <span class="rooms" data-wide={isWide ? '' : undefined}>
      {losses.slice(0, max).map((limit) => (
        <RoomBar key={limit.name} limit={limit} isWide={isWide} />
      ))}
      {more > 0 && <span class="quiet">and {more} more</span>}
    </span>
  )
}

function RoomBar({ limit, isWide }: { readonly limit: LimitRoom; readonly isWide: boolean }) {
  const { name, room, line, roomPct, active, warned, uncomputable } = limit
  const left = roomPct === null ? null : Math.min(100, Math.max(0, Number(roomPct)))
  const level = left === 0 ? 'broken' : warned || (left !== null && left < 20) ? 'near' : 'clear'
  const words = uncomputable ?? (active ? shareWords(roomPct) : 'not active yet')
  return (
    <span class="room" data-level={level} title={`${name}: ${formatMoney(room)} left to ${formatMoney(line)}`}>
      <span class="room-name">{name}</span>
      <span class="room-track" aria-hidden="true">
        <span class="room-fill" style={{ inlineSize: `${left ?? 0}%` }} />
      </span>
      <span class="room-words">{words}</span>
      {isWide && (
        <span class="room-amount">
          {formatMoney(room)} <span class="quiet">to {formatMoney(line)}</span>
        </span>
      )}
    </span>
  )
}

/** An account above what the limit is measured from has more than all of its room. */
function shareWords(roomPct: string | null): string {
  return roomPct !== null && Number(roomPct) > 100 ? `> ${formatPercent('100', 0)}` : formatPercent(roomPct, 0)
}
