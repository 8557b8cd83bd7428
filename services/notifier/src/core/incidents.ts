import { byBadness, type Telling } from '@drawbridge/contracts'

/** One of the messages that waiting notices become. */
export interface Part {
  /** What it tells. */
  readonly tellings: readonly Telling[]
  /** The notices of which nothing is left to tell once it is sent. */
  readonly completes: readonly Telling[]
  /** It calls nobody, so that the pace of its channel does not count it. */
  readonly isFree: boolean
}

/** So many alerts of one digest get an incident of their own; the rest share one. */
const OWN_MAX = 20

/** The incident of an alert, the same for all that is told of it. Null: the notice is of no alert. */
export function incidentKey({ notice, alert }: Pick<Telling, 'notice' | 'alert'>): string | null {
  return alert === null ? null : `${notice.trader ?? 'drawbridge'}:${alert}`
}

/**
 * Tells the last state of each alert, and nothing that it has replaced. Alerts that go on get an incident of their own, the
 * worst first, as far as there is room; the rest share one message. Each end is told by itself, however many there are: an
 * incident that never ends is a false alarm for good. What began and ended meanwhile is told with the rest.
 * @param room how many messages that call somebody may be sent, 1 or more
 */
export function incidentParts(tellings: readonly Telling[], room: number): readonly Part[] {
  const states = lastStates(tellings)
  const isOver = ({ round }: Telling) => round.kind === 'resolved'
  const ends = states.filter(isOver)
  const goesOn = states.filter((state) => !isOver(state)).toSorted((a, b) => byBadness(a.notice, b.notice))
  const ended = new Set(ends.map(incidentKey))
  const others = tellings.filter(
    (telling) => telling.alert === null || (telling.round.kind === 'first' && ended.has(incidentKey(telling))),
  )
  const ownMax = Math.min(room, OWN_MAX)
  const own = goesOn.length + Math.sign(others.length) <= ownMax ? goesOn : goesOn.slice(0, ownMax - 1)
  const shared = [...goesOn.slice(own.length), ...others]
  return complete(tellings, [
    ...own.map((telling) => ({ tellings: [telling], isFree: false })),
    ...(shared.length === 0 ? [] : [{ tellings: shared, isFree: false }]),
    ...ends.map((telling) => ({ tellings: [telling], isFree: true })),
  ])
}

/** What was told last of each alert. An end of several alerts is one for each. */
function lastStates(tellings: readonly Telling[]): readonly Telling[] {
  const last = new Map<string, Telling>()
  for (const telling of tellings) {
    const { alert, alsoEnds = [] } = telling
    if (alert === null) continue
    for (const one of [alert, ...alsoEnds]) {
      const state = { ...telling, alert: one }
      last.set(incidentKey(state) ?? '', state)
    }
  }
  return [...last.values()]
}

/** Each notice is complete with the last message that tells it, or what has replaced it. */
function complete(tellings: readonly Telling[], parts: readonly Omit<Part, 'completes'>[]): readonly Part[] {
  const lastOf = new Map<string, number>()
  const lastOfPlain = new Map<Telling, number>()
  parts.forEach((part, at) => {
    for (const telling of part.tellings) {
      const key = incidentKey(telling)
      if (key === null) lastOfPlain.set(telling, at)
      else lastOf.set(key, at)
    }
  })
  const completedBy = (telling: Telling) => {
    const { alert, alsoEnds = [] } = telling
    if (alert === null) return lastOfPlain.get(telling)
    return Math.max(
      ...[alert, ...alsoEnds].map((one) => lastOf.get(incidentKey({ ...telling, alert: one }) ?? '') ?? 0),
    )
  }
  const byPart = Map.groupBy(tellings, completedBy)
  return parts.map((part, at) => ({ ...part, completes: byPart.get(at) ?? [] }))
}
