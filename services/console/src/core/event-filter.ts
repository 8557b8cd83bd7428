import {
  type Parsed,
  parsed,
  parseTraderId,
  refused,
  subjects,
  TRADER_EVENT_TYPES,
  type TraderEventType,
  type TraderId,
} from '@drawbridge/contracts'

const CONFIG_TYPES = ['flags', 'limits'] as const
type EventType = TraderEventType | (typeof CONFIG_TYPES)[number]

const SUBJECTS_MAX = 100

/**
 * The subjects of the risk log that a listener requests: some traders or all, some types or all, each a list separated by
 * commas. If no traders are named, `flags` and `limits` are types, too.
 */
export function eventSubjects(traders: string | undefined, types: string | undefined): Parsed<readonly string[]> {
  const ids = listOf(traders)
  const faults: string[] = []
  for (const name of ids ?? []) {
    const id = parseTraderId(name)
    if (!id.ok) faults.push(id.reason)
  }
  const wanted = listOf(types)
  const known: readonly string[] = ids === null ? [...TRADER_EVENT_TYPES, ...CONFIG_TYPES] : TRADER_EVENT_TYPES
  for (const type of wanted ?? []) {
    if (!known.includes(type)) faults.push(`type must be one of ${known.join(', ')}, got ${JSON.stringify(type)}`)
  }
  if (faults.length > 0) return refused([...new Set(faults)].join('; '))
  if (ids === null && wanted === null) return parsed([subjects.storedAll])
  const filters = (ids ?? [ANY]).flatMap((id) =>
    wanted === null ? [subjects.traderLog(id)] : wanted.map((type) => subjectOf(type as EventType, id)),
  )
  if (filters.length <= SUBJECTS_MAX) return parsed(filters)
  return refused(`traders times types may be ${SUBJECTS_MAX} at most, got ${filters.length}`)
}

const ANY = '*'

function subjectOf(type: EventType, trader: TraderId | typeof ANY): string {
  return type === 'flags' || type === 'limits' ? subjects.config(type) : subjects.event(type, trader)
}

export function namedTraders(text: string): readonly string[] {
  return listOf(text) ?? []
}

/** Null: all. */
function listOf(text: string | undefined): readonly string[] | null {
  return text === undefined ? null : [...new Set(text.split(','))]
}
