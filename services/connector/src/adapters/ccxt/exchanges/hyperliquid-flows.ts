import type { Failure } from '../../../core/failure.ts'
import { valueAt } from '../../generic/pointer.ts'
import { plus, times } from './decimal.ts'
import type { Ask } from './exchange-line.ts'
import { unusable } from './flattening.ts'

/** More than so many calls are not made for each reading. */
const PAGES_MAX = 20
/** A page that is shorter is the last one; Hyperliquid lists some 500 entries at once. */
const SHORT_PAGE = 100

export type NetDeposits = { readonly kind: 'sum'; readonly sum: string } | Failure

/** All that came to the perpetuals of an address less all that left them, since it began, in USDC. */
export async function netDepositsOf(ask: Ask, address: string): Promise<NetDeposits> {
  const seen = new Set<string>()
  let sum = '0'
  let startTime = 0
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const entries = await ask('publicPostInfo', { type: 'userNonFundingLedgerUpdates', user: address, startTime })
    if (!Array.isArray(entries)) return unusable('its ledger is no list')
    for (const entry of entries) {
      // A page begins with the last moment of the one before.
      const name = JSON.stringify(entry)
      if (seen.has(name)) continue
      seen.add(name)
      const change = changeBy(valueAt(entry, '/delta'), address.toLowerCase())
      if (typeof change !== 'string') return change
      sum = plus(sum, change)
      const time = valueAt(entry, '/time')
      if (typeof time !== 'number' || time < startTime) return unusable('its ledger is in no order')
      startTime = time
    }
    if (entries.length < SHORT_PAGE) return { kind: 'sum', sum }
  }
  return unusable(`its ledger has more than ${PAGES_MAX} pages: remove net_deposits, and tell deposits by cash flows`)
}

/** Kinds that move no money to or from the perpetuals, or earn it there. */
const NO_FLOWS: readonly unknown[] = [
  'spotTransfer',
  'spotGenesis',
  'cStakingTransfer',
  'liquidation',
  'rewardsClaim',
  'vaultLeaderCommission',
]

/** What an entry of the ledger adds to the perpetuals; fees are losses, and no part of it. */
function changeBy(delta: unknown, address: string): string | Failure {
  const field = (name: string) => valueAt(delta, `/${name}`)
  const isMine = (name: string) => String(field(name)).toLowerCase() === address
  const type = field('type')
  if (NO_FLOWS.includes(type)) return '0'
  switch (type) {
    case 'deposit':
      return amount(field('usdc'), true)
    case 'withdraw':
      return amount(field('usdc'), false)
    case 'accountClassTransfer':
      return typeof field('toPerp') === 'boolean' ? amount(field('usdc'), field('toPerp') === true) : unknown(type)
    case 'internalTransfer':
    case 'subAccountTransfer':
      if (isMine('destination') === isMine('user')) return unknown(type)
      return amount(field('usdc'), isMine('destination'))
    case 'vaultCreate':
    case 'vaultDeposit':
      return amount(field('usdc'), isMine('vault'))
    case 'vaultWithdraw':
      return isMine('vault') ? unknown(type) : amount(field('netWithdrawnUsd'), true)
    case 'send':
      return sent(field, isMine)
    default:
      return unknown(type)
  }
}

/** Between the accounts of a wallet, or of two; the perpetuals have no name there. */
function sent(field: (name: string) => unknown, isMine: (name: string) => boolean): string | Failure {
  const leaves = isMine('user') && field('sourceDex') === ''
  const comes = isMine('destination') && field('destinationDex') === ''
  if (leaves === comes) return '0'
  return String(field('token')).startsWith('USDC') ? amount(field('amount'), comes) : unknown('send')
}

function amount(usdc: unknown, comes: boolean): string | Failure {
  return times(usdc, comes ? '1' : '-1') ?? unusable('an entry of its ledger has no amount')
}

function unknown(type: unknown): Failure {
  return unusable(
    `its ledger has an entry that is not known here (${String(type)}): remove net_deposits, and tell deposits by cash flows`,
  )
}
