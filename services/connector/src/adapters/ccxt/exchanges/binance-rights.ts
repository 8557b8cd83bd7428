import { valueAt } from '../../generic/pointer.ts'
import type { Ask, Rights } from './exchange-line.ts'

/** @param trade the right to trade on this kind of account */
export function apiRestrictions(trade: 'enableFutures' | 'enableSpotAndMarginTrading') {
  return async (ask: Ask): Promise<Rights> => {
    const body = await ask('sapiGetAccountApiRestrictions')
    const right = (name: string) => {
      const value = valueAt(body, `/${name}`)
      return typeof value === 'boolean' ? value : null
    }
    return { read: right('enableReading'), trade: right(trade), withdraw: right('enableWithdrawals') }
  }
}
