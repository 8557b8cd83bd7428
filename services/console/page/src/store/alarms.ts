import type { LivePulse } from '../../../src/core/live-messages.ts'
import type { Link } from './live.ts'

/** Something that the reader must know before anything else. */
export interface Alarm {
  readonly kind: 'disconnected' | 'stale' | 'nats' | 'reading' | 'guardian'
  /** Danger: what is shown is not how it is, or nothing is decided. */
  readonly level: 'danger' | 'note'
  readonly words: string
}

/** After so long without a word from the console its data is old. */
export const OLD_AFTER_MS = 5_000

export interface Facts {
  readonly link: Link
  readonly pulse: LivePulse | null
  /** Since the last pulse came, milliseconds; null: none came. */
  readonly ageMs: number | null
  readonly leaseMs: number
}

/** What is wrong with what is shown; the first is told first. */
export function alarmsOf({ link, pulse, ageMs, leaseMs }: Facts): readonly Alarm[] {
  if (pulse === null || ageMs === null) {
    if (link !== 'lost') return []
    return [
      { kind: 'disconnected', level: 'danger', words: 'The console does not answer. This page tries again by itself.' },
    ]
  }
  if (ageMs > OLD_AFTER_MS) {
    const words = 'This page has lost the console: what it shows is old. It tries again by itself.'
    return [{ kind: 'stale', level: 'danger', words }]
  }
  const alarms: Alarm[] = []
  if (pulse.natsAway !== null) {
    alarms.push({
      kind: 'nats',
      level: 'danger',
      words: `The console has no news: ${pulse.natsAway}. Check the NATS server.`,
    })
  } else if (!pulse.isCurrent) {
    alarms.push({
      kind: 'reading',
      level: 'note',
      words: 'The console is reading the risk log; some traders are missing yet.',
    })
  }
  const heardAgo = pulse.guardian === null ? null : pulse.now - pulse.guardian.at
  if (pulse.natsAway === null && (heardAgo === null || heardAgo > leaseMs)) {
    const words =
      'No guardian is heard: nothing is judged, and gates close for entries. Start a risk guardian, or see its log.'
    alarms.push({ kind: 'guardian', level: 'danger', words })
  }
  return alarms
}
