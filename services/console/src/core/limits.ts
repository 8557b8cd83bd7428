import type { ConfigEvent, Instant, TraderId, TraderState } from '@drawbridge/contracts'
import {
  applyConfiguration,
  BUILT_IN_CONFIGURATION,
  type Configuration,
  limitsOf,
  ownLimitsAt,
  type ResolvedLimits,
} from '@drawbridge/risk-engine'

/** The configuration from these events; null: the log had none of that kind. */
export function configurationOf(flags: ConfigEvent | null, limits: ConfigEvent | null): Configuration {
  const events = [flags, limits].filter((event) => event !== null)
  return events.sort((a, b) => a.inputSeq - b.inputSeq).reduce(applyConfiguration, BUILT_IN_CONFIGURATION)
}

/** The limits in force for a trader with that state at a JetStream time. */
export function limitsInForce(
  configuration: Configuration,
  trader: TraderId,
  state: TraderState | null,
  at: Instant,
): ResolvedLimits {
  return limitsOf(configuration, trader, state === null ? null : ownLimitsAt(state, at), at)
}
