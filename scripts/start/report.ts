import { setTimeout as delay } from 'node:timers/promises'
import { streams, subjects } from '@drawbridge/contracts'
import type { Config } from '@drawbridge/settings'
import type { JetStreamManager } from '@nats-io/jetstream'
import type pg from 'pg'
import { type AccountComparison, watchReplays } from './replays.ts'

export interface Breach {
  /** The trading day, `YYYY-MM-DD`. */
  readonly date: string
  readonly rules: readonly string[]
  /** When the pause may end; null: an operator ends it. */
  readonly until: string | null
  /** In the order of `rules`, percent. */
  readonly observed: readonly string[]
  readonly limits: readonly string[]
}

/** The result of a replay, each count from another source: the account, the log, the database. */
export interface TraderReport {
  readonly ticks: number
  readonly events: number
  readonly historyRows: number
  /** Null: the trader has not told it. */
  readonly account: AccountComparison | null
  readonly breaches: readonly Breach[]
}

interface BreachRow {
  readonly date: string
  readonly paused_until: Date | null
  readonly facts: readonly { kind: string; rule: string; observedPct: string; limitPct: string }[]
}

const BREACHES = `
  SELECT to_char(effective_at AT TIME ZONE $2, 'YYYY-MM-DD') AS date, paused_until, detail -> 'facts' AS facts
  FROM risk_state_history
  WHERE trader_id = $1 AND event_type = 'breach'
  ORDER BY version`

/**
 * Waits until the replays are finished and all their events are in the history, and reports their results.
 * @param replays the time zone of the trading days by trader
 * @param eventsBefore events of each trader before its first tick
 */
export async function reportReplays(
  replays: ReadonlyMap<string, string>,
  config: Config,
  manager: JetStreamManager,
  pool: pg.Pool,
  eventsBefore: number,
  stopping: AbortSignal,
): Promise<ReadonlyMap<string, TraderReport>> {
  const progress = await watchReplays(config, [...replays.keys()], stopping)
  const reports = new Map<string, TraderReport>()
  for (const [index, [id, timeZone]] of [...replays].entries()) {
    const ticks = progress[index]?.bars ?? 0
    while ((await countHistory(pool, id)) < ticks + eventsBefore) {
      stopping.throwIfAborted()
      await delay(50)
    }
    const [events, historyRows, breaches] = await Promise.all([
      countEvents(manager, id),
      countHistory(pool, id),
      pool.query<BreachRow>(BREACHES, [id, timeZone]),
    ])
    const account = progress[index]?.account ?? null
    reports.set(id, { ticks, events, historyRows, account, breaches: breaches.rows.map(breachOf) })
  }
  return reports
}

function breachOf(row: BreachRow): Breach {
  const broken = row.facts.filter((fact) => fact.kind === 'breached')
  return {
    date: row.date,
    rules: broken.map((fact) => fact.rule),
    until: row.paused_until?.toISOString() ?? null,
    observed: broken.map((fact) => fact.observedPct),
    limits: broken.map((fact) => fact.limitPct),
  }
}

/** How many events of a trader the log holds. */
async function countEvents(manager: JetStreamManager, trader: string): Promise<number> {
  const info = await manager.streams.info(streams.risk, { subjects_filter: subjects.traderLog(trader) })
  return Object.values(info.state.subjects ?? {}).reduce((sum, count) => sum + count, 0)
}

/** How many events of a trader the database holds. */
export async function countHistory(pool: pg.Pool, trader: string): Promise<number> {
  const counted = await pool.query<{ rows: string }>(
    'SELECT count(*) AS rows FROM risk_state_history WHERE trader_id = $1',
    [trader],
  )
  return Number(counted.rows[0]?.rows ?? 0)
}
