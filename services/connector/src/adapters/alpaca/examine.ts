import { describe, parseInstant } from '@drawbridge/contracts'
import { type Failure, isFailure } from '../../core/failure.ts'
import type { Examination } from '../../port.ts'
import { valueAt } from '../generic/pointer.ts'
import type { AlpacaApi } from './alpaca-api.ts'

const FIELDS = [
  'status',
  'currency',
  'equity',
  'cash',
  'last_equity',
  'trading_blocked',
  'trade_suspended_by_user',
] as const

const NOTES = [
  'A key of Alpaca may always trade, and where transfers of crypto are switched on it may send coins away.',
] as const
export const SUSPENDS = 'suspend_trade stops every order while entries are blocked, also those that close positions.'

export async function examineAlpaca(
  api: AlpacaApi,
  suspends: boolean,
  signal: AbortSignal,
): Promise<Examination | Failure> {
  const account = await api.get('/v2/account', signal)
  if (isFailure(account)) return account
  const clock = await api.get('/v2/clock', signal)
  if (isFailure(clock)) return clock
  const at = parseInstant(valueAt(clock.body, '/timestamp'))
  return {
    fields: FIELDS.map((name) => [name, textOf(valueAt(account.body, `/${name}`))] as const),
    clock: at.ok ? at.value : null,
    rights: { read: true, trade: true, withdraw: null },
    notes: suspends ? [...NOTES, SUSPENDS] : NOTES,
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : describe(value)
}
