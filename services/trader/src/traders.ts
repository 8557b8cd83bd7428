import type { Gate, Outbox } from '@drawbridge/client'
import type { TraderId } from '@drawbridge/contracts'
import type { TraderSource } from '@drawbridge/settings'
import type { Replay } from './replay.ts'

/** What runs for one configured trader. */
export interface RunningTrader {
  readonly id: TraderId
  readonly source: TraderSource
  readonly gate: Gate
  /** Where posted equity goes; null for a replay. */
  readonly outbox: Outbox | null
  readonly replay: Replay | null
}
