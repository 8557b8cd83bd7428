import type { TraderId } from '@drawbridge/contracts'
import type { Random } from '@drawbridge/testing/random'
import type { NatsConnection } from '@nats-io/transport-node'
import type { FaultParts } from '../faults.ts'
import type { TraderNode } from '../nodes/trader-node.ts'
import type { Settings } from '../settings.ts'
import type { Trace } from '../trace.ts'
import type { Trouble } from '../trouble.ts'

/** What is asked of the whole while there is traffic. */
export interface Load {
  start(): void
  end(): void
}

export interface LoadParts {
  readonly settings: Settings
  readonly random: Random
  /** Of operators and stray bots. */
  readonly connection: NatsConnection
  /** The process that a trader's bot is in; null while it is down. */
  readonly botOf: (trader: TraderId) => TraderNode | null
  readonly serverNow: () => number
  readonly trace: Trace
}

/** What a run is about. */
export interface Scenario {
  readonly settings: Settings
  readonly load: (parts: LoadParts) => Load
  readonly trouble: (parts: FaultParts) => Trouble
  /** Once all processes have started, no input waits longer until all that it causes is stored; null: no bound. */
  readonly decidedWithinMs: number | null
  /** RISK is damaged in the end, and nothing recovers; false if not given. */
  readonly endsDamaged?: boolean
}
