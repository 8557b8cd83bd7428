import {
  type ConfigEvent,
  DEFAULT_LIMITS,
  type LimitOverrides,
  mergeLimits,
  type TraderControl,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts/pure'
import { BUILT_IN_CONFIGURATION, type Configuration, resolve } from '../configuration.ts'
import { isEmpty, without } from '../loosening.ts'
import { NO_COMMAND } from './recorded.ts'

/** The built-in configuration, with other limits of one trader. */
export function builtInWith(change: LimitOverrides, trader: TraderId): Configuration {
  return {
    ...BUILT_IN_CONFIGURATION,
    traders: new Map([[trader, resolve(mergeLimits(DEFAULT_LIMITS, change))]]),
    traderOverrides: { [trader]: change },
  }
}

/** The event that would have been if one trader had had other limits: what the change names holds, whoever changed it. */
export function eventWith(event: ConfigEvent, change: LimitOverrides, trader: TraderId): ConfigEvent {
  if (event.kind === 'flags') return event
  return {
    ...event,
    traders: { ...event.traders, [trader]: mergeLimits(event.traders[trader] ?? {}, change) },
    pending: event.pending.map((one) => {
      const own = one.traders[trader]
      return own === undefined ? one : { ...one, traders: { ...one.traders, [trader]: without(own, change) } }
    }),
  }
}

/** The command that would have been: an operator's change of limits leaves what the change names. */
export function controlWith(control: TraderControl, change: LimitOverrides): TraderControl {
  if (control.kind !== 'limits' || isEmpty(change)) return control
  const limits = without(control.limits, change)
  return isEmpty(limits) ? NO_COMMAND : { ...control, limits }
}

/** A state that limits are tried from on: what the change names holds, whatever an operator had set for the trader alone. */
export function stateWith(state: TraderState, change: LimitOverrides): TraderState {
  if (isEmpty(change)) return state
  return {
    ...state,
    limits: state.limits === null ? null : without(state.limits, change),
    pendingLimits: state.pendingLimits.map((one) => ({ ...one, limits: without(one.limits, change) })),
  }
}
