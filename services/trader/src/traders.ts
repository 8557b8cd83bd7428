import type { Gate, Outbox } from '@drawbridge/client'
import type { TraderId } from '@drawbridge/contracts'
import type { TraderSource } from '@drawbridge/settings'
import type { Replay } from './replay.ts'

/** The parts of one configured trader. */
export interface RunningTrader {
  readonly id: TraderId
  readonly source: TraderSource
  readonly gate: Gate
  /** Receives posted equity; null for a replay. */
  readonly outbox: Outbox | null
  readonly replay: Replay | null
}
