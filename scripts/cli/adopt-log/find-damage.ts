import { type LogDamage, riskLogDamage, streams, type TraderId } from '@drawbridge/contracts'
import { boundTo } from '@drawbridge/history'
import { requireStreams } from '@drawbridge/nats'
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientBase } from 'pg'
import { unreadableRisk } from '../risk-log.ts'
import { type Remains, readRemains } from './remains.ts'

/** A log that guardians judged by until something of it was lost. */
export interface DamagedLog {
  readonly manager: JetStreamManager
  readonly risk: StreamInfo
  readonly damage: LogDamage
  readonly remains: ReadonlyMap<TraderId, Remains>
}

/**
 * Looks whether RISK is the log that the history is made from, and damaged: messages of it are missing or unreadable, or it
 * says less of a trader than the history does. Null: it is another one, or whole.
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

/** A trader for which the history has a later event than the log, or another one of the same version. */
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
