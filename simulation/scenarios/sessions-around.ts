import type { Random } from '@drawbridge/testing/random'

const MINUTE_MS = 60_000
const DAY_MS = 1_440 * MINUTE_MS

/** Hours of a market that closes or opens at the next full minute, so that a run sees it happen. */
export function sessionsAround(now: number, random: Random): object {
  const next = Math.floor((now % DAY_MS) / MINUTE_MS) + 1
  const closedFor = random.between(1, 2)
  const days = random.pick(['mon-sun', 'mon-sun', 'mon-fri'])
  const opens = next < 1_440 ? [`${days} ${clock(next)}-24:00`] : [`${days} 00:00-00:02`]
  const opensAgain = next + closedFor < 1_440 ? [`${days} ${clock(next + closedFor)}-24:00`] : []
  const closes = [`${days} 00:00-${clock(next)}`, ...opensAgain]
  const tomorrow = new Date(now + DAY_MS).toISOString().slice(0, 10)
  return {
    zone: 'UTC',
    hours: random.chance(0.5) ? opens : closes,
    block_entries: random.chance(0.7),
    ...(random.chance(0.3) ? { holidays: [tomorrow] } : {}),
  }
}

function clock(minute: number): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}
