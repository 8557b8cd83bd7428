import { damageReason, type TraderId } from '@drawbridge/contracts'
import type { ClientBase } from 'pg'
import { type CarriedTrader, inShort } from './adopt.ts'
import { carriedEvents } from './carried-events.ts'
import type { DamagedLog } from './find-damage.ts'
import { KnownConfigurations } from './known-configurations.ts'
import { type MissingVersions, missingInHistory, without } from './missing-versions.ts'
import type { StoredRemains } from './store-remains.ts'

/** What was wrong with a log that is mended, and what became of it. */
export interface Mending {
  readonly damage: string
  /** Events of the damaged log that the history does not take. */
  readonly rejected: number
  /** What neither the log nor the history has. */
  readonly missing: readonly MissingVersions[]
}

/** What mending a log would come to. */
export interface PlannedMending {
  readonly log: string
  readonly damage: string
  readonly traders: readonly CarriedTrader[]
  readonly missing: readonly MissingVersions[]
}

/** More are told with --json alone. */
const SHOWN_MAX = 20

/** To be called when all that was left is stored. */
export async function mendingOf(
  client: ClientBase,
  { damage }: DamagedLog,
  { rejected }: StoredRemains,
): Promise<Mending> {
  return { damage: damageReason(damage), rejected, missing: await missingInHistory(client) }
}

/** Writes nothing: each trader goes on with what log or history has of it, whichever is newer. */
export async function planMending(client: ClientBase, { risk, damage, remains }: DamagedLog): Promise<PlannedMending> {
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

export function planText({ log, damage, traders, missing }: PlannedMending, table: readonly string[]): string {
  const paused = traders.filter((trader) => trader.paused).length
  return [
    `RISK, created ${log}, is damaged: ${damage}. What is left of it would be stored in the history, and RISK made again.`,
    `${traders.length} traders would go on, ${paused} of them paused.`,
    ...table,
    ...missingText(missing),
    'Nothing was done.',
  ].join('\n')
}

export function mendingText(mending: Mending | null): readonly string[] {
  if (mending === null) return []
  const { damage, rejected, missing } = mending
  const refused = rejected === 0 ? '' : ` ${rejected} events of it contradict the history, and are in REJECTS.`
  return [
    `RISK was damaged: ${damage}. What was left of it is stored, and RISK is made again.${refused}`,
    ...missingText(missing),
  ]
}

function missingText(missing: readonly MissingVersions[]): readonly string[] {
  if (missing.length === 0) return []
  const words = missing
    .slice(0, SHOWN_MAX)
    .map(({ trader, from, to }) => `${trader} ${from === to ? from : `${from} to ${to}`}`)
  const more = missing.length > SHOWN_MAX ? `, and ${missing.length - SHOWN_MAX} more ranges` : ''
  return [`Versions that neither RISK nor the history has: ${words.join(', ')}${more}. What follows them is known.`]
}
