import type { Failure } from '../../../core/failure.ts'
import type { FlattenAnswer } from '../../../port.ts'
import { valueAt } from '../../generic/pointer.ts'
import type { Ask, FlattenParts, IdRule } from './exchange-line.ts'
import { flattenParts, type Open, openIn, type Step, sizeOf, unusable } from './flattening.ts'
import { listAt } from './place.ts'

const IDS: IdRule = { without: /[^A-Za-z0-9-]/g, lengthMax: 36 }

/** Closes every position at market by orders that only reduce, and then cancels every order that waits. */
export function flattenKrakenFutures({ ask, newId }: FlattenParts): Promise<FlattenAnswer> {
  return flattenParts([
    async () => {
      const listed = listAt(await ask('privateGetOpenpositions'), '/openPositions')
      if (listed === null) return unusable('its positions are no list')
      return openIn(listed, (position) => closing(ask, position, newId(IDS)))
    },
    () => orders(ask),
  ])
}

function closing(ask: Ask, position: unknown, cliOrdId: string): Step | Failure | null {
  const [symbol, held] = [valueAt(position, '/symbol'), valueAt(position, '/side')]
  const size = sizeOf(valueAt(position, '/size'))
  if (size?.isEmpty === true) return null
  if (typeof symbol !== 'string' || size === null || (held !== 'long' && held !== 'short')) {
    return unusable('a position has no symbol, no side or no size')
  }
  const side = held === 'long' ? 'sell' : 'buy'
  const params = { orderType: 'mkt', symbol, side, size: size.amount, reduceOnly: true, cliOrdId }
  return async () => {
    const status = valueAt(await ask('privatePostSendorder', params), '/sendStatus/status')
    return status === 'placed' ? null : unusable(`it did not place the order that closes ${symbol}: ${String(status)}`)
  }
}

async function orders(ask: Ask): Promise<Open | Failure> {
  const listed = listAt(await ask('privateGetOpenorders'), '/openOrders')
  if (listed === null) return unusable('its orders are no list')
  return { kind: 'open', count: listed.length, steps: listed.length === 0 ? [] : [() => cancelAll(ask)] }
}

async function cancelAll(ask: Ask): Promise<Failure | null> {
  const status = valueAt(await ask('privatePostCancelallorders'), '/cancelStatus/status')
  const isDone = status === 'cancelled' || status === 'noOrdersToCancel'
  return isDone ? null : unusable(`it did not cancel all orders: ${String(status)}`)
}
