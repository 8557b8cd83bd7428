import { useEffect, useRef, useState } from 'preact/hooks'
import type { FleetMember } from '../../../../src/core/fleet.ts'
import { fleet } from '../../store/live.ts'
import type { LivePoint } from './chart/chart-data.ts'

/** So many points wait for the history to have them; then the oldest go. */
const POINTS_MAX = 2_000

/**
 * What the feed told of a trader since this view is open. An account that lives in the time of its ticks has no such
 * points: the feed does not tell that time.
 */
export function useLivePoints(id: string): readonly LivePoint[] {
  const [points, setPoints] = useState<readonly LivePoint[]>([])
  const known = useRef(0)
  void fleet.revision.value
  const member = fleet.members.get(id)
  useEffect(() => {
    const point = member === undefined ? null : pointOf(member)
    if (point === null || point.version <= known.current) return
    known.current = point.version
    setPoints((before) => [...before, point].slice(-POINTS_MAX))
  }, [member])
  return points
}

function pointOf({ version, recordedAt, equity, peakEquity, drawdownPct, timeBase }: FleetMember): LivePoint | null {
  if (equity === null || timeBase === 'event') return null
  return {
    at: Date.parse(recordedAt),
    version,
    equity: Number(equity),
    peak: peakEquity === null ? null : Number(peakEquity),
    drawdownPct: drawdownPct === null ? null : Number(drawdownPct),
  }
}
