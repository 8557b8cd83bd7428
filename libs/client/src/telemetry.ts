import type { RiskEvent, TraderId } from '@drawbridge/contracts'
import type { StoredEvent } from '@drawbridge/nats'

/** A tick as it was taken. */
export interface TakenTick {
  readonly trader: TraderId
  /** Empty where the bot brings none. */
  readonly traceparent: string
  readonly messageId: string
  readonly bytes: number
}

/** A tick under way. */
export interface WatchedTick {
  /** To be sent with it. */
  readonly traceparent: string
  /** Called once, when INPUTS has it; not for one that is left out. */
  acknowledged(): void
}

/** A decision as it was heard. */
export interface HeardDecision extends StoredEvent {
  /** One header; empty where there is none of this name. */
  readonly header: (name: string) => string
}

/** Observes ticks and decisions. It is called where nothing may wait, so it must be quick. */
export interface Telemetry {
  tickTaken(tick: TakenTick): WatchedTick
  /**
   * A gate knows a decision, as it came.
   * @param isChange whether entries are allowed now and were not before, or the other way round
   */
  decided(event: RiskEvent, message: HeardDecision, isChange: boolean): void
}
