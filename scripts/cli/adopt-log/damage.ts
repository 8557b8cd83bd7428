import {
  damageReason,
  decodeRiskEvent,
  type LogDamage,
  parseEventSubject,
  type RiskEvent,
  riskLogDamage,
  streams,
  type TraderId,
} from '@drawbridge/contracts'
import { boundTo } from '@drawbridge/history'
import { readStream, requireStreams } from '@drawbridge/nats'
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientBase } from 'pg'
import { unreadableRisk } from '../risk-log.ts'
import { type CarriedTrader, inShort } from './adopt.ts'
import { KnownConfigurations } from './known-configurations.ts'
import { carriedEvents } from './known-history.ts'

/** A log that guardians judged by until a part of it was lost. */
export interface DamagedLog {
  readonly manager: JetStreamManager
  readonly risk: StreamInfo
  readonly damage: LogDamage
  readonly remains: ReadonlyMap<TraderId, Remains>
}

/**
 * Null: RISK is not the log that the history was made from, or it is complete. It is damaged if messages are missing or
 * unreadable, or if the history knows more events of a trader.
 */
export async function findDamage(connection: NatsConnection, client: ClientBase): Promise<DamagedLog | null> {
  const manager = await requireStreams(connection, [streams.risk, streams.inputs])
  const risk = await manager.streams.info(streams.risk)
  const bound = await boundTo(client)
  if (bound !== null && bound !== risk.created) return null
  const seen = riskLogDamage(risk) ?? (await unreadableRisk(manager))
  if (seen === null && bound === null) return null
  const remains = await readRemains(connection, risk.state.last_seq)
  const damage = seen ?? (await firstContradiction(client, remains))
  return damage === null ? null : { manager, risk, damage, remains }
}

/** A trader for whom the history has a later event than the log, or another one of the same version. */
async function firstContradiction(
  client: ClientBase,
  remains: ReadonlyMap<TraderId, Remains>,
): Promise<LogDamage | null> {
  const { rows } = await client.query<{ trader: TraderId; version: string; input_seq: string }>(
    'SELECT trader_id AS trader, version, input_seq FROM risk_state',
  )
  for (const { trader, version, input_seq } of rows) {
    const [known, newest] = [Number(version), remains.get(trader)?.newest.state]
    const isSame = newest?.version !== known || newest.inputSeq === Number(input_seq)
    if ((newest?.version ?? 0) >= known && isSame) continue
    return { kind: 'version', trader, version: newest?.version ?? 0, known }
  }
  return null
}

/** What a damaged log still holds for a trader. */
export interface Remains {
  readonly newest: RiskEvent
  /** Ascending, without a gap in each. */
  readonly versions: readonly VersionRange[]
}

/** What a log holds for each trader, without unreadable events. */
export async function readRemains(
  connection: NatsConnection,
  lastSeq: number,
): Promise<ReadonlyMap<TraderId, Remains>> {
  const remains = new Map<TraderId, { newest: RiskEvent; versions: { from: number; to: number }[] }>()
  for await (const messages of readStream(connection, { stream: streams.risk, from: 1, to: lastSeq })) {
    for (const { subject, data } of messages) {
      const event = decodeRiskEvent(data)
      if (parseEventSubject(subject).kind !== 'trader' || !event.ok) continue
      const { trader, state } = event.value
      const { version } = state
      const known = remains.get(trader) ?? { newest: event.value, versions: [] }
      remains.set(trader, known)
      const last = known.versions.at(-1)
      if (last?.to === version - 1) last.to = version
      else known.versions.push({ from: version, to: version })
      if (version > known.newest.state.version) known.newest = event.value
    }
  }
  return remains
}

export interface VersionRange {
  readonly from: number
  readonly to: number
}

/** Versions of a trader whose events are unknown. */
export interface MissingVersions extends VersionRange {
  readonly trader: TraderId
}

/** At most so many are determined. */
const RANGES_MAX = 1_000

const SQL = `
  SELECT trader_id AS trader, previous + 1 AS "from", version - 1 AS "to"
  FROM (
    SELECT history.trader_id, history.version,
           coalesce(lag(history.version) OVER (PARTITION BY history.trader_id ORDER BY history.version), cut.version, 0) AS previous
    FROM risk_state_history AS history LEFT JOIN risk_state_at_cut AS cut USING (trader_id)
  ) AS versions
  WHERE version > previous + 1
  ORDER BY trader_id, version LIMIT ${RANGES_MAX}`

/** Versions that the history lacks between others, by trader. Events dropped by retention are not missing. */
export async function missingInHistory(client: ClientBase): Promise<readonly MissingVersions[]> {
  const { rows } = await client.query<{ trader: TraderId; from: string; to: string }>(SQL)
  return rows.map(({ trader, from, to }) => ({ trader, from: Number(from), to: Number(to) }))
}

/** The parts of a range outside the known ranges, which ascend. */
export function without(range: VersionRange, known: readonly VersionRange[]): readonly VersionRange[] {
  const left: VersionRange[] = []
  let { from } = range
  for (const { from: first, to: last } of known) {
    if (last < from || first > range.to) continue
    if (first > from) left.push({ from, to: first - 1 })
    from = last + 1
  }
  return from > range.to ? left : [...left, { from, to: range.to }]
}

/** What was wrong with a repaired log. */
export interface Repair {
  readonly damage: string
  /** Events of the damaged log that contradict the history. */
  readonly rejected: number
  /** What neither the log nor the history has. */
  readonly missing: readonly MissingVersions[]
}

/** What a repair would do. */
interface PlannedRepair {
  readonly log: string
  readonly damage: string
  readonly traders: readonly CarriedTrader[]
  readonly missing: readonly MissingVersions[]
}

/** Only --json lists more. */
const SHOWN_MAX = 20

/** To be called after everything that was left is stored. */
export async function repairOf(client: ClientBase, { damage }: DamagedLog, rejected: number): Promise<Repair> {
  return { damage: damageReason(damage), rejected, missing: await missingInHistory(client) }
}

/** Writes nothing. Each trader continues with its last event in log or history, whichever is newer. */
export async function planRepair(client: ClientBase, { risk, damage, remains }: DamagedLog): Promise<PlannedRepair> {
  const traders = new Map<TraderId, CarriedTrader>()
  const missing = (await missingInHistory(client)).flatMap(({ trader, ...range }) =>
    without(range, remains.get(trader)?.versions ?? []).map((left) => ({ trader, ...left })),
  )
  const known = await KnownConfigurations.read(client)
  for await (const events of carriedEvents(client, known)) {
    for (const event of events) traders.set(event.trader, inShort(event))
  }
  for (const [trader, { newest, versions }] of remains) {
    const version = traders.get(trader)?.version ?? 0
    if (newest.state.version <= version) continue
    const beyond = { from: version + 1, to: newest.state.version }
    missing.push(...without(beyond, versions).map((left) => ({ trader, ...left })))
    traders.set(trader, inShort(newest))
  }
  const byName = [...traders.values()].sort((a, b) => (a.trader < b.trader ? -1 : 1))
  return { log: risk.created, damage: damageReason(damage), traders: byName, missing }
}

export function planText({ log, damage, traders, missing }: PlannedRepair, table: readonly string[]): string {
  const paused = traders.filter((trader) => trader.paused).length
  return [
    `RISK, created ${log}, is damaged: ${damage}. Its remaining events would be stored in the history, and RISK recreated.`,
    `${traders.length} traders would continue, ${paused} of them paused.`,
    ...table,
    ...missingText(missing),
    'Nothing was done.',
  ].join('\n')
}

export function repairText(repair: Repair | null): readonly string[] {
  if (repair === null) return []
  const { damage, rejected, missing } = repair
  const refused = rejected === 0 ? '' : ` ${rejected} of them contradict the history, and are in REJECTS.`
  return [
    `RISK was damaged: ${damage}. Its remaining events are stored, and RISK is recreated.${refused}`,
    ...missingText(missing),
  ]
}

function missingText(missing: readonly MissingVersions[]): readonly string[] {
  if (missing.length === 0) return []
  const words = missing
    .slice(0, SHOWN_MAX)
    .map(({ trader, from, to }) => `${trader} ${from === to ? from : `${from} to ${to}`}`)
  const more = missing.length > SHOWN_MAX ? `, and ${missing.length - SHOWN_MAX} more ranges` : ''
  return [`Versions that neither RISK nor the history has: ${words.join(', ')}${more}. Later ones are known.`]
}
