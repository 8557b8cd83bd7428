import { type ConnectorReport, type FaultyTask, type Instant, type Notice, parseInstant } from '@drawbridge/contracts'
import type { Happened } from './take-notices.ts'

/** A connector as it was last heard. */
export interface KnownConnector {
  readonly name: string
  readonly trader: string
  /** Whether it blocks entries of its trader; of one that was never heard: whether it must. */
  readonly blocks: boolean
  readonly isHeard: boolean
  /** When it was last heard; if it never was, since when it is expected. */
  readonly heardAt: Instant
  readonly faults: readonly KnownFault[]
}

interface KnownFault {
  readonly task: FaultyTask
  readonly reason: string
  readonly advice: string
  /** When it began, as the connector says: by that, whoever tells it tells the same. */
  readonly since: Instant
  /** By our clock. */
  readonly heardAt: Instant
}

/** A fault that goes away within this time is not told. An entry that is not blocked may lose money. */
const LASTS_MS: Readonly<Record<FaultyTask, number>> = {
  block: 30_000,
  flatten: 30_000,
  // It is over already: one order that was not sent on.
  forward: 0,
  // A restart, where the old process ends after the new one has begun, is over by then.
  'run-alone': 60_000,
  read: 120_000,
  unblock: 120_000,
}
const MILD: readonly FaultyTask[] = ['read', 'unblock', 'run-alone']
const UNHEARD_MS = 60_000

export function heardConnector(
  before: KnownConnector | undefined,
  { connector, trader, acts, dryRun, faults }: ConnectorReport,
  now: Instant,
): KnownConnector {
  const known = faults.map(({ task, reason, advice, since }) => {
    const began = parseInstant(since)
    const earlier = before?.faults.find((fault) => fault.task === task)
    return { task, reason, advice, since: began.ok ? began.value : now, heardAt: earlier?.heardAt ?? now }
  })
  return { name: connector, trader, blocks: acts && !dryRun, isHeard: true, heardAt: now, faults: known }
}

/** One that settings name, and that nobody has heard yet. */
export function expectedConnector(name: string, trader: string, blocks: boolean, now: Instant): KnownConnector {
  return { name, trader, blocks, isHeard: false, heardAt: now, faults: [] }
}

/**
 * What the alerts of its trader are told of a connector.
 * @returns null: nothing, as nobody knows yet whether it has a fault that lasts
 */
export function happenedAt(connector: KnownConnector, now: Instant): Happened | null {
  const { name, isHeard, faults } = connector
  const notice = unheard(connector, now) ?? lastingFault(connector, now)
  if (notice === null && (faults.length > 0 || !isHeard)) return null
  const own = `fault:${sourceOf(name)}`
  return { version: null, notices: notice === null ? [] : [notice], goesOn: (key) => key !== own || notice !== null }
}

const sourceOf = (name: string) => `connector:${name}`

function unheard({ name, trader, blocks, heardAt }: KnownConnector, now: Instant): Notice | null {
  if (now - heardAt < UNHEARD_MS) return null
  const severity = blocks ? 'critical' : 'warning'
  return {
    kind: 'fault',
    severity,
    trader,
    version: heardAt,
    part: `unheard-${severity}-${name}`,
    at: now,
    facts: { source: sourceOf(name), tasks: [], since: heardAt, tellsItsEnd: true },
  }
}

/** The worst of those that last, which names the others. */
function lastingFault({ name, trader, faults }: KnownConnector, now: Instant): Notice | null {
  const lasting = faults.filter((fault) => now - fault.heardAt >= LASTS_MS[fault.task])
  const [worst, ...others] = lasting.toSorted((a, b) => LASTS_MS[a.task] - LASTS_MS[b.task] || a.since - b.since)
  if (worst === undefined) return null
  const { task, reason, advice, since } = worst
  const severity = MILD.includes(task) ? 'warning' : 'critical'
  const tasks = [task, ...others.map((fault) => fault.task)]
  return {
    kind: 'fault',
    severity,
    trader,
    version: since,
    part: `fault-${severity}-${name}`,
    at: now,
    facts: { source: sourceOf(name), tasks, reason, advice, since, tellsItsEnd: true },
  }
}
