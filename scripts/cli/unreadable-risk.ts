import { type LogDamage, streams } from '@drawbridge/contracts'
import { findUnreadable } from '@drawbridge/nats'
import type { JetStreamManager } from '@nats-io/jetstream'

/** Damage of RISK that its state does not tell; null: the newest message of each subject can be read. */
export async function unreadableRisk(manager: JetStreamManager): Promise<LogDamage | null> {
  const subject = await findUnreadable(manager, streams.risk)
  return subject === null ? null : { kind: 'unreadable', stream: streams.risk, subject }
}
