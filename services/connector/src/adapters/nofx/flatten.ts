import { type Failure, isFailure } from '../../core/failure.ts'
import type { FlattenAnswer } from '../../port.ts'
import { valueAt } from '../generic/pointer.ts'
import type { NofxTrader } from './trader.ts'

/** More positions than so many are closed in several rounds. */
const AT_ONCE_MAX = 20

/** Closes what NOFX says is open, at market, one after the other. */
export async function flattenTrader(trader: NofxTrader, signal: AbortSignal): Promise<FlattenAnswer> {
  const account = await trader.ask('account', signal, 'act')
  const positions = await trader.ask('positions', signal, 'act')
  if (isFailure(account)) return account
  if (isFailure(positions)) return positions
  // NOFX writes an empty list as null, and null for lack of an answer, too: the account says which it is.
  const open = positions.body === null ? [] : positions.body
  const count = valueAt(account.body, '/position_count')
  if (!Array.isArray(open) || typeof count !== 'number') return UNKNOWN
  if (open.length === 0) return count === 0 ? { kind: 'flat' } : UNKNOWN
  let failure: Failure | null = null
  for (const position of open.slice(0, AT_ONCE_MAX)) {
    const [symbol, side] = [valueAt(position, '/symbol'), valueAt(position, '/side')]
    if (typeof symbol !== 'string' || typeof side !== 'string') {
      failure ??= UNKNOWN
      continue
    }
    const asked = await trader.close(symbol, side, signal)
    // One that cannot be closed keeps no other open.
    if (isFailure(asked)) failure ??= { ...asked, reason: `${symbol} ${side} cannot be closed: ${asked.reason}` }
    if (asked.kind === 'rate-limited') break
  }
  return failure ?? { kind: 'closing', open: open.length }
}

const UNKNOWN: Failure = { kind: 'unusable', reason: 'its positions and its position_count do not say what is open' }
