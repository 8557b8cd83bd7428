import { type GlobalLimitsChange, mergeLimits } from '@drawbridge/contracts'
import { type Configuration, type ResolvedLimits, resolve } from '@drawbridge/risk-engine'

/**
 * Why limits in their long form could not be judged after a change of the configuration: a parameter is missing, or does not
 * fit the others.
 * @returns null: all that the change names are complete
 */
export function incompleteIn(configuration: Configuration, { limits, traders }: GlobalLimitsChange): string | null {
  const defaults = resolve(mergeLimits(configuration.defaults, limits))
  const faults = faultsOf('', limits.named, defaults)
  for (const [trader, own] of Object.entries(traders)) {
    const before = mergeLimits(defaults, configuration.traderOverrides[trader] ?? {})
    faults.push(...faultsOf(`traders.${trader}: `, own.named, resolve(mergeLimits(before, own))))
  }
  return faults.length === 0 ? null : faults.join('; ')
}

function faultsOf(where: string, named: object = {}, { definitions }: ResolvedLimits): string[] {
  return Object.keys(named).flatMap((name) => {
    const missing = definitions.incomplete.get(name)
    return missing === undefined ? [] : [`${where}limits.${name}: ${missing}`]
  })
}
