import { printable } from '@drawbridge/contracts'
import { clockOf } from '../../core/clock.ts'
import { type Failure, isFailure } from '../../core/failure.ts'
import type { Examination } from '../../port.ts'
import { isRecord } from '../generic/is-record.ts'
import type { NofxTrader } from './trader.ts'

export async function examineTrader(
  trader: NofxTrader,
  stops: boolean,
  signal: AbortSignal,
): Promise<Examination | Failure> {
  const account = await trader.ask('account', signal)
  if (isFailure(account)) return account
  const status = await trader.ask('status', signal)
  if (isFailure(status)) return status
  return {
    fields: [...fieldsOf(account.body), ...fieldsOf(status.body)],
    clock: clockOf(account.headers.get('date')),
    rights: { read: true, trade: true, withdraw: null },
    notes: [
      'The password opens all of NOFX: its traders can be started, changed and deleted with it.',
      stops
        ? 'A block stops the trader: NOFX then makes no exits of its own either, and only orders that wait at the exchange are left.'
        : 'A block changes nothing in NOFX, because stop_trader is not set: entries go on there.',
    ],
  }
}

function fieldsOf(body: unknown): readonly (readonly [string, string])[] {
  if (!isRecord(body)) return []
  return Object.entries(body).map(([name, value]) => [printable(name), printable(String(value))] as const)
}
