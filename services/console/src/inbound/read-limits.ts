import { formatInstant, type LimitsMessage, limitsToMessage, type TraderId } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, ownLimitsAt } from '@drawbridge/risk-engine'
import { limitsInForce } from '../core/limits-in-force.ts'
import { configurationInForce } from '../core/wire.ts'
import { readConfiguration, traderEvent } from './read-events.ts'
import type { RiskLogReader } from './risk-log-reader.ts'

/** The defaults and the limits of configured traders, and who changed them last. */
export async function readLimits(reader: RiskLogReader) {
  const logged = await reader.last('limits')
  const inForce = logged === null ? null : configurationInForce(logged.data)
  if (inForce !== null) return inForce
  // In force until the log has its own.
  const { defaults, maxTraders } = BUILT_IN_CONFIGURATION
  return { version: 0, defaults: limitsToMessage(defaults), traders: {}, max_traders: maxTraders }
}

/** The limits in force for a trader, and their layers: its own limits take precedence over the configured ones. */
export async function readTraderLimits(reader: RiskLogReader, trader: TraderId) {
  const [newest, configuration] = await Promise.all([reader.last(trader), readConfiguration(reader, null)])
  const state = newest === null ? null : traderEvent(newest).state
  const now = Date.now()
  const configured = new Map(Object.entries(configuration.traderOverrides)).get(trader)
  const message = (limits: Parameters<typeof limitsToMessage>[0]): LimitsMessage => limitsToMessage(limits)
  return {
    trader,
    version: state?.version ?? 0,
    configVersion: configuration.version,
    limits: message(limitsInForce(configuration, trader, state, now)),
    own: message((state === null ? null : ownLimitsAt(state, now)) ?? {}),
    pending: (state?.pendingLimits ?? [])
      .filter(({ at }) => at > now)
      .map(({ at, limits }) => ({ at: formatInstant(at), limits: message(limits) })),
    configured: message(configured ?? {}),
  }
}
