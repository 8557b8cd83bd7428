import {
  DEFAULT_LIMITS,
  defineLimit,
  type LimitOverrides,
  type Limits,
  mergeLimits,
  type TraderId,
} from '@drawbridge/contracts'
import type { Faults } from './read-settings.ts'

/**
 * Reports limits in their long form that cannot be judged, because a parameter is missing or does not fit the others. A
 * trader's limit may be complete by what all traders have.
 */
export function checkComplete(
  all: LimitOverrides,
  traders: Readonly<Record<TraderId, { readonly limits: LimitOverrides }>>,
  faults: Faults,
): void {
  const defaults: Limits = mergeLimits(DEFAULT_LIMITS, all)
  check('config.json, limits', all, defaults, faults)
  for (const [id, { limits }] of Object.entries(traders)) {
    check(`config.json, traders.${id}.limits`, limits, mergeLimits(defaults, limits), faults)
  }
}

function check(where: string, written: LimitOverrides, limits: Limits, faults: Faults): void {
  for (const name of Object.keys(written.named ?? {})) {
    const parameters = limits.named[name] ?? null
    const limit = parameters === null ? null : defineLimit(name, parameters, limits)
    if (limit?.ok === false) faults.add(where, `limits.${name}: ${limit.reason}`)
  }
}
