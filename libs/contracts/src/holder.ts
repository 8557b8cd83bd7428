import type { LimitName } from './limit-name.ts'

/** Who holds a pause: `limit:<name>`, or `operator:<who>`. Events of rules before 6 have names of limits, and `operator`. */
export type Holder = string

const LIMIT = 'limit:'
const OPERATOR = 'operator'
/** The limits of rules before 6, which held by their bare names. */
const BARE: readonly Holder[] = ['max_daily_loss', 'max_drawdown']

export function limitHolder(name: LimitName): Holder {
  return `${LIMIT}${name}`
}

/** @param who who pauses; null: nobody is named */
export function operatorHolder(who: string | null): Holder {
  return who === null ? OPERATOR : `${OPERATOR}:${who}`
}

/** Whether a limit holds by its bare name, as in rules before 6. */
export function isBareHolder(holder: Holder): boolean {
  return BARE.includes(holder)
}

/** The limit that holds; null: an operator does. */
export function limitOfHolder(holder: Holder): LimitName | null {
  if (holder.startsWith(LIMIT)) return holder.slice(LIMIT.length)
  return BARE.includes(holder) ? holder : null
}
