import { type Instant, isRouted, type Notice, type Route } from '@drawbridge/contracts'

/** Channels that are told at a time after an alert began. */
export interface Step {
  readonly afterMs: number
  readonly channels: readonly string[]
}

const MINUTE_MS = 60_000

/**
 * Who is told of a notice, by time: the first step at once, the others only of an alert that nobody has acknowledged. Each
 * channel is in the earliest of its steps alone. Empty: nobody.
 * @param tags of its trader
 */
export function stepsFor(notice: Notice, tags: readonly string[], routes: readonly Route[]): readonly Step[] {
  const earliest = new Map<string, number>()
  const add = (channel: string, afterMs: number) => {
    earliest.set(channel, Math.min(earliest.get(channel) ?? Number.POSITIVE_INFINITY, afterMs))
  }
  for (const route of routes) {
    if (!isRouted(route, notice, tags)) continue
    for (const channel of route.to) add(channel, 0)
    for (const { afterMinutes, to } of route.escalate) for (const channel of to) add(channel, afterMinutes * MINUTE_MS)
  }
  if (earliest.size === 0) return []
  const times = [...new Set([0, ...earliest.values()])].toSorted((a, b) => a - b)
  return times.map((afterMs) => ({
    afterMs,
    channels: [...earliest].filter(([, at]) => at === afterMs).map(([channel]) => channel),
  }))
}

/** Everybody who was told until now. */
export function reached(steps: readonly Step[], count: number): readonly string[] {
  return steps.slice(0, count).flatMap(({ channels }) => channels)
}

/** When the repetition after `told` of them is due, counted from the last one; null: there are none. */
export function repeatAfterMs(told: number, repeatMinutes: readonly number[]): number | null {
  const minutes = repeatMinutes[Math.min(told, repeatMinutes.length - 1)]
  return minutes === undefined ? null : minutes * MINUTE_MS
}

/** The earliest of some times; null: there are none. */
export function earliestOf(times: readonly (Instant | null)[]): Instant | null {
  const known = times.filter((time) => time !== null)
  return known.length === 0 ? null : Math.min(...known)
}
