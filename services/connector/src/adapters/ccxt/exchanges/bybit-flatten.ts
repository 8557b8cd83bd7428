import type { Failure } from '../../../core/failure.ts'
import type { FlattenAnswer } from '../../../port.ts'
import { valueAt } from '../../generic/pointer.ts'
import type { Ask, FlattenParts, IdRule } from './exchange-line.ts'
import { allPages, flattenParts, type Open, openIn, type Step, sizeOf, step, unusable } from './flattening.ts'
import { listAt } from './place.ts'

/** Kinds of contracts, each with a list of its own. Those in linear contracts are listed by the coin that they settle in. */
const KINDS: readonly Kind[] = [
  { category: 'linear', settleCoin: 'USDT' },
  { category: 'linear', settleCoin: 'USDC' },
  { category: 'inverse' },
  { category: 'option' },
]
const SPOT_ORDERS = ['Order', 'tpslOrder', 'StopOrder', 'OcoOrder', 'BidirectionalTpslOrder'] as const
const POSITIONS_A_PAGE = 200
const ORDERS_A_PAGE = 50
const IDS: IdRule = { without: /[^A-Za-z0-9_-]/g, lengthMax: 36 }

interface Kind {
  readonly category: string
  readonly settleCoin?: string
}

/**
 * Closes every position of the unified account at market, and then cancels every order that waits. Positions come first:
 * their stops wait until then. Coins on the spot market are kept.
 */
export function flattenBybit(parts: FlattenParts): Promise<FlattenAnswer> {
  const { ask } = parts
  return flattenParts([
    ...KINDS.map((kind) => () => positions(parts, kind)),
    ...KINDS.map((kind) => () => orders(ask, kind)),
    () => orders(ask, { category: 'spot' }),
  ])
}

async function positions({ ask, newId }: FlattenParts, kind: Kind): Promise<Open | Failure> {
  const listed = await allPages<string>(async (cursor) => {
    const page = cursor === null ? {} : { cursor }
    const body = await ask('privateGetV5PositionList', { ...kind, ...page, limit: POSITIONS_A_PAGE })
    const entries = listAt(body, '/result/list')
    const next = valueAt(body, '/result/nextPageCursor')
    if (entries === null) return unusable(`its ${kind.category} positions are no list`)
    return { entries, next: typeof next === 'string' && next !== '' ? next : null }
  })
  if ('kind' in listed) return listed
  return openIn(listed, (one) => closing(ask, kind, one, newId(IDS)))
}

/** By a quantity of 0 Bybit closes all of a position, as much as one order of it may be. An option has to be told how much. */
function closing(ask: Ask, { category }: Kind, position: unknown, orderLinkId: string): Step | Failure | null {
  const [symbol, side] = [valueAt(position, '/symbol'), valueAt(position, '/side')]
  const [size, positionIdx] = [sizeOf(valueAt(position, '/size')), valueAt(position, '/positionIdx')]
  if (size?.isEmpty === true) return null
  if (typeof symbol !== 'string' || size === null || (side !== 'Buy' && side !== 'Sell')) {
    return unusable('a position has no symbol, no side or no size')
  }
  return step(ask, 'privatePostV5OrderCreate', {
    category,
    symbol,
    side: side === 'Buy' ? 'Sell' : 'Buy',
    orderType: 'Market',
    reduceOnly: true,
    orderLinkId,
    ...(category === 'option' ? { qty: size.amount } : { qty: '0', closeOnTrigger: true, positionIdx }),
  })
}

async function orders(ask: Ask, kind: Kind): Promise<Open | Failure> {
  const body = await ask('privateGetV5OrderRealtime', { ...kind, openOnly: 0, limit: ORDERS_A_PAGE })
  const listed = listAt(body, '/result/list')
  if (listed === null) return unusable(`its ${kind.category} orders are no list`)
  if (listed.length === 0) return { kind: 'open', count: 0, steps: [] }
  return { kind: 'open', count: listed.length, steps: cancelsOf(kind, listed).map((params) => cancel(ask, params)) }
}

/** What is listed is a page; a cancel means all of a kind. */
function cancelsOf(kind: Kind, listed: readonly unknown[]): readonly object[] {
  if (kind.category === 'spot') return SPOT_ORDERS.map((orderFilter) => ({ ...kind, orderFilter }))
  if (kind.category !== 'inverse') return [kind]
  return [...new Set(listed.map((order) => valueAt(order, '/symbol')))].map((symbol) => ({ ...kind, symbol }))
}

function cancel(ask: Ask, params: object): Step {
  return async () => {
    const body = await ask('privatePostV5OrderCancelAll', params)
    return valueAt(body, '/result/success') === '0' ? unusable('it cancelled no orders, under a code of success') : null
  }
}
