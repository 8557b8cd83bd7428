import type { TraderId } from '@drawbridge/contracts'
import type { Random } from '@drawbridge/testing/random'
import type { NatsConnection } from '@nats-io/transport-node'
import type { FaultParts } from '../node-faults.ts'
import type { TraderNode } from '../nodes/trader-node.ts'
import type { Settings } from '../settings.ts'
import type { Trace } from '../trace.ts'

/** The traffic of a run. */
export interface Load {
  start(): void
  end(): void
}

/** The faults of a run. */
export interface Trouble {
  /** How far the server's clock is ahead, milliseconds. */
  readonly clockAheadMs: number
  /** The sum of the steps of the server's clock: a wait until a time of that clock may take so much longer. */
  readonly steppedMs: number
  start(): void
  /** The traffic has ended: repairs everything. */
  end(): void
  /** A planned fault that did not happen; null: all happened. */
  readonly missed: string | null
}

export interface LoadParts {
  readonly settings: Settings
  readonly random: Random
  /** For operators and stray bots. */
  readonly connection: NatsConnection
  /** The process of a trader's bot; null while it is down. */
  readonly botOf: (trader: TraderId) => TraderNode | null
  readonly serverNow: () => number
  readonly trace: Trace
}

/** The settings, traffic and faults of a run. */
export interface Scenario {
  readonly settings: Settings
  readonly load: (parts: LoadParts) => Load
  readonly trouble: (parts: FaultParts) => Trouble
  /** Once all processes have started, no input waits longer until its effects are stored; null: no bound. */
  readonly decidedWithinMs: number | null
  /** RISK is damaged at the end, and nothing recovers; false if not given. */
  readonly endsDamaged?: boolean
}
