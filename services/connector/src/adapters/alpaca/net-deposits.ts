import { formatAmount, parseTickAmount } from '@drawbridge/contracts'
import { type Failure, isFailure } from '../../core/failure.ts'
import { valueAt } from '../generic/pointer.ts'
import type { AlpacaApi } from './alpaca-api.ts'

/** Cash that came, cash that went, and cash from or to another account of Alpaca. Transfers of shares are not among them. */
const KINDS = 'CSD,CSW,JNLC'
const PAGE = 100
/** More than so many are not added up at each reading. */
const PAGES_MAX = 20

/** All deposits less all withdrawals since the account began. */
export async function netDepositsOf(
  api: AlpacaApi,
  signal: AbortSignal,
): Promise<{ readonly kind: 'sum'; readonly sum: string } | Failure> {
  let sum = 0n
  let after = ''
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const token = after === '' ? '' : `&page_token=${encodeURIComponent(after)}`
    const path = `/v2/account/activities?activity_types=${KINDS}&direction=asc&page_size=${PAGE}${token}`
    const answer = await api.get(path, signal)
    if (isFailure(answer)) return answer
    if (!Array.isArray(answer.body)) return { kind: 'unusable', reason: 'its activities are no list' }
    for (const activity of answer.body) {
      const [id, amount] = [valueAt(activity, '/id'), parseTickAmount(valueAt(activity, '/net_amount'))]
      if (typeof id !== 'string' || id === after)
        return { kind: 'unusable', reason: 'an activity has no id of its own' }
      if (!amount.ok) return { kind: 'unusable', reason: `net_amount of the activity ${id} ${amount.reason}` }
      if (valueAt(activity, '/status') !== 'canceled') sum += amount.value
      after = id
    }
    if (answer.body.length < PAGE) return { kind: 'sum', sum: formatAmount(sum) }
  }
  const reason = `there are more than ${PAGE * PAGES_MAX} deposits and withdrawals: remove net_deposits, and tell them by cash flows`
  return { kind: 'unusable', reason }
}
