import { streams, subjects } from '@drawbridge/contracts'
import { alignedRows } from '@drawbridge/service-kit/program'
import type { JetStreamManager } from '@nats-io/jetstream'
import type pg from 'pg'

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

/** @param timeZone of the trading days */
export async function reportOf(
  trader: string,
  ticks: number,
  timeZone: string,
  manager: JetStreamManager,
  pool: pg.Pool,
): Promise<TraderReport> {
  const [events, historyRows, breaches] = await Promise.all([
    countEvents(manager, trader),
    countHistory(pool, trader),
    pool.query<BreachRow>(BREACHES, [trader, timeZone]),
  ])
  return { ticks, events, historyRows, breaches: breaches.rows.map(breachOf) }
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
export async function countEvents(manager: JetStreamManager, trader: string): Promise<number> {
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

/** The reports for people to read. */
export function tableOf(reports: ReadonlyMap<string, TraderReport>, seconds: number): string {
  const lines: string[] = []
  for (const [trader, report] of reports) {
    lines.push('', `${trader}: ${report.breaches.length} breaches`)
    const rows = report.breaches.flatMap((breach) =>
      breach.rules.map((rule, index) => [
        breach.date,
        rule,
        `${Number(breach.observed[index]).toFixed(2)} %`,
        `${Number(breach.limits[index])} %`,
        breach.until ?? 'until an operator resumes',
      ]),
    )
    lines.push(...alignedRows([['day', 'rule', 'observed', 'limit', 'paused until'], ...rows]))
  }
  const counts = [...reports].map(([trader, { ticks, events, historyRows }]) => [
    trader,
    String(ticks),
    String(events),
    String(historyRows),
  ])
  lines.push('', ...alignedRows([['trader', 'ticks', 'events', 'history rows'], ...counts]))
  lines.push('', `took ${seconds.toFixed(1)} s`)
  return lines.join('\n')
}
