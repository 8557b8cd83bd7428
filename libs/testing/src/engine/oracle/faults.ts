import { isTimeOfDay, isZone } from './calendar.ts'
import { type LimitSpec, type Settings, shortForms } from './config.ts'
import { compare, decimal, isPositive, readDecimal } from './fractions.ts'

const HUNDRED = decimal(100)
const MAX_LIMITS = 32

/** What is wrong with limits and settings as they would be, each with the name of the setting. */
export function faultsOf(settings: Settings, limits: ReadonlyMap<string, Partial<LimitSpec>>): string[] {
  const faults = [...limits].flatMap(([name, spec]) => limitFaults(name, spec))
  if (limits.size + shortForms(settings).length > MAX_LIMITS) faults.push(`limits: at most ${MAX_LIMITS}`)
  for (const short of ['max_daily_loss', 'max_drawdown'] as const) {
    const percent = settings[short]
    if (percent !== null && limits.has(short)) faults.push(`${short}: in the short and in the long form`)
    if (percent !== null && !isPercent(percent)) faults.push(`${short}: must be above 0 and at most 100`)
  }
  if (!isTimeOfDay(settings.reset_time)) faults.push('reset_time: must be HH:MM')
  if (!isZone(settings.reset_time_zone)) faults.push('reset_time_zone: must be a time zone')
  if (!isMinutes(settings.stop_trading_minutes)) faults.push('stop_trading_minutes: must be a whole number above 0')
  if (settings.loosen_after_minutes < 0) faults.push('loosen_after_minutes: must not be below 0')
  if (settings.initial_balance !== null && !isAbove0(settings.initial_balance))
    faults.push('initial_balance: must be above 0')
  return faults
}

const isAbove0 = (value: string | number): boolean => {
  const amount = readDecimal(String(value))
  return amount !== null && isPositive(amount)
}
const isPercent = (value: string | number): boolean => isAbove0(value) && compare(decimal(value), HUNDRED) <= 0
const isMinutes = (value: number): boolean => Number.isInteger(value) && value >= 1

function limitFaults(name: string, spec: Partial<LimitSpec>): string[] {
  const faults: string[] = []
  const fault = (what: string): void => void faults.push(`${name}.${what}`)
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(name)) fault('name: must be [a-z][a-z0-9_]{0,39}')
  if (spec.window === undefined) fault('window: is missing')
  if (spec.reference === undefined) fault('reference: is missing')
  const { limit, tiers } = spec
  if (limit === undefined) fault('limit: is missing')
  else if ('amount' in limit ? !isAbove0(limit.amount) : !isAbove0(limit.percent)) fault('limit: must be above 0')
  else if ('percent' in limit && spec.measure !== 'profit' && !isPercent(limit.percent)) fault('limit: at most 100 %')
  if (spec.least_minutes !== undefined && spec.least_minutes !== null && !isMinutes(spec.least_minutes)) {
    fault('least_minutes: must be a whole number above 0')
  }
  if (spec.ends === 'at' && !isTimeOfDay(spec.ends_at ?? '')) fault('ends_at: must be HH:MM')
  if (tiers?.every((tier) => tier.action === 'warn') && spec.warn_only !== true) {
    fault('tiers: none blocks, so it must say warn_only')
  }
  if (tiers?.some((tier) => !isAbove0(tier.at_percent))) fault('tiers: must be above 0 %')
  return faults
}
