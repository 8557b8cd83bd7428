import { AMOUNT_SCALE, type Amount, formatAmount } from './amount.ts'
import { LIMITS, type LimitOverrides, type Limits } from './limits.ts'

const ONE_PERCENT: Amount = AMOUNT_SCALE

const percentages = (Object.keys(LIMITS) as (keyof Limits)[]).filter((key) => LIMITS[key].value.isPercentage === true)

/** What is valid in limits, and probably not meant: a ratio for a percentage. A sentence each. */
export function limitWarnings(limits: LimitOverrides): readonly string[] {
  const short = percentages.flatMap((key) => warningOf(LIMITS[key].name, limits[key]))
  const long = Object.entries(limits.named ?? {}).flatMap(([name, limit]) =>
    limit?.size?.kind === 'percent' ? warningOf(`limits.${name}: percent`, limit.size.percent) : [],
  )
  return [...short, ...long]
}

function warningOf(name: string, value: unknown): readonly string[] {
  if (typeof value !== 'bigint' || value >= ONE_PERCENT) return []
  const [written, percent] = [formatAmount(value), formatAmount(value * 100n)]
  return [`${name} is ${written} percent; if a ratio was meant, write ${percent} for ${percent} percent`]
}
