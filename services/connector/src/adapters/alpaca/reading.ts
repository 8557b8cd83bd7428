import { type Failure, isFailure } from '../../core/failure.ts'
import type { ReadAnswer } from '../../port.ts'
import { valueAt } from '../generic/pointer.ts'
import { readingOf } from '../generic/reading.ts'
import type { AlpacaApi } from './alpaca-api.ts'
import { netDepositsOf } from './net-deposits.ts'

/** `equity` is cash and the worth of all positions. */
export async function readAccount(api: AlpacaApi, withFlows: boolean, signal: AbortSignal): Promise<ReadAnswer> {
  const before = withFlows ? await netDepositsOf(api, signal) : null
  if (before !== null && isFailure(before)) return before
  const answer = await api.get('/v2/account', signal)
  if (isFailure(answer)) return answer
  const after = withFlows ? await netDepositsOf(api, signal) : null
  if (after !== null && isFailure(after)) return after
  if (before !== null && after !== null && before.sum !== after.sum) {
    return { kind: 'temporary', reason: 'a deposit or withdrawal was booked while it was read' }
  }
  return accountOf(answer.body, after?.sum ?? null)
}

function accountOf(body: unknown, netDeposits: string | null): ReadAnswer | Failure {
  const status = valueAt(body, '/status')
  if (status !== 'ACTIVE') {
    return { kind: 'unusable', reason: `the account is not active: its status is ${JSON.stringify(status ?? null)}` }
  }
  const at = (name: string) => ({ name, value: valueAt(body, `/${name}`) })
  return readingOf({
    equity: at('equity'),
    currency: at('currency'),
    ...(netDeposits === null ? {} : { netDeposits: { name: 'net_amount', value: netDeposits } }),
  })
}
