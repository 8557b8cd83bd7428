import { type Failure, isFailure } from '../../../core/failure.ts'
import type { Found } from '../../generic/reading.ts'
import type { Ask, ExchangeLine } from './exchange-line.ts'
import { sizeOf } from './flattening.ts'
import { netDepositsOf } from './hyperliquid-flows.ts'
import { currencyOf, placeAt } from './place.ts'

/** Modes in which the perpetuals do not tell what the account is worth: all balances are in the spot state. */
const UNIFIED: readonly unknown[] = ['unifiedAccount', 'portfolioMargin']

/** What is said of every address that nobody has. */
const NO_ACCOUNT: Failure = {
  kind: 'unusable',
  reason:
    'accountValue is 0, as of an address without an account: is it that of the wallet, and not that of an API wallet?',
}

/** Needs no key: an address tells its account to everybody. A sub-account and a vault have addresses of their own. */
export const hyperliquid: ExchangeLine = {
  ccxt: 'hyperliquid',
  about: 'Hyperliquid perpetuals',
  credentials: [],
  needsAddress: true,
  takes: ['address', 'net_deposits'],
  async find(ask, question) {
    const { address = '' } = question
    const mode = await ask('publicPostInfo', { type: 'userAbstraction', user: address })
    if (typeof mode !== 'string' && mode !== null) {
      return { kind: 'unusable', reason: 'it does not say in which mode the account is' }
    }
    const named = mode === null ? null : mode.replaceAll('"', '')
    if (UNIFIED.includes(named)) {
      const reason = `the account is in the mode ${String(named)}, in which Hyperliquid tells its equity in no field; use the standard mode`
      return { kind: 'unusable', reason }
    }
    if (question.net_deposits !== true) return stateOf(ask, address)
    const before = await netDepositsOf(ask, address)
    if (isFailure(before)) return before
    const state = await stateOf(ask, address)
    if ('kind' in state) return state
    const after = await netDepositsOf(ask, address)
    if (isFailure(after)) return after
    if (before.sum !== after.sum) return { kind: 'temporary', reason: 'a transfer was booked while it was read' }
    return { ...state, netDeposits: { name: 'the sum of userNonFundingLedgerUpdates', value: after.sum } }
  },
  rights: () => Promise.resolve({ read: true, trade: false, withdraw: false }),
  notes: ['Spot balances, vaults and perpetuals of other builders (HIP-3) are not counted.'],
}

async function stateOf(ask: Ask, address: string): Promise<Found | Failure> {
  const body = await ask('publicPostInfo', { type: 'clearinghouseState', user: address })
  const equity = placeAt(body, '/marginSummary/accountValue')
  if (sizeOf(equity.value)?.isEmpty === true) return NO_ACCOUNT
  return { equity, currency: currencyOf('USDC'), time: placeAt(body, '/time') }
}
