import type { Failure } from '../../../core/failure.ts'
import type { FlattenAnswer } from '../../../port.ts'
import { valueAt } from '../../generic/pointer.ts'
import type { Ask, FlattenParts, IdRule } from './exchange-line.ts'
import { flattenParts, type Open, openIn, type Step, sizeOf, unusable } from './flattening.ts'
import { listAt } from './place.ts'

/** Kinds of orders with a condition or an algorithm; each is listed by itself, but for the first two. */
const ALGO_KINDS = ['conditional,oco', 'trigger', 'move_order_stop', 'chase', 'iceberg', 'twap'] as const
/** How many may be cancelled by one call. */
const ORDERS_A_CALL = 20
const ALGOS_A_CALL = 10
const IDS: IdRule = { without: /[^A-Za-z0-9]/g, lengthMax: 32 }

/**
 * Closes every position of the trading account at market, and then cancels every order that waits. Closing a position has
 * OKX cancel the orders that would close it. Coins on the spot market are kept.
 */
export function flattenOkx(parts: FlattenParts): Promise<FlattenAnswer> {
  const { ask } = parts
  return flattenParts([
    () => positions(parts),
    () => orders(ask),
    ...ALGO_KINDS.map((ordType) => () => algos(ask, ordType)),
  ])
}

async function positions({ ask, newId }: FlattenParts): Promise<Open | Failure> {
  const listed = listAt(await ask('privateGetAccountPositions'), '/data')
  if (listed === null) return unusable('its positions are no list')
  return openIn(listed, (one) => closing(ask, one, newId(IDS)))
}

function closing(ask: Ask, position: unknown, clOrdId: string): Step | Failure | null {
  const field = (name: string) => valueAt(position, `/${name}`)
  const [instId, mgnMode, posSide] = [field('instId'), field('mgnMode'), field('posSide')]
  const size = sizeOf(field('pos'))
  if (size?.isEmpty === true) return null
  if (typeof instId !== 'string' || size === null || typeof mgnMode !== 'string') {
    return unusable('a position has no instrument, no margin mode or no size')
  }
  // Which of several loans it is; elsewhere OKX does not take it.
  const ccy = field('instType') === 'MARGIN' && mgnMode === 'cross' ? { ccy: field('ccy') } : {}
  return changed(ask, 'privatePostTradeClosePosition', { instId, mgnMode, posSide, ...ccy, autoCxl: true, clOrdId })
}

async function orders(ask: Ask): Promise<Open | Failure> {
  const listed = listAt(await ask('privateGetTradeOrdersPending'), '/data')
  if (listed === null) return unusable('its orders are no list')
  const named = listed.map((one) => ({ instId: valueAt(one, '/instId'), ordId: valueAt(one, '/ordId') }))
  return open(named, ORDERS_A_CALL, (some) => changed(ask, 'privatePostTradeCancelBatchOrders', some))
}

async function algos(ask: Ask, ordType: string): Promise<Open | Failure> {
  const listed = listAt(await ask('privateGetTradeOrdersAlgoPending', { ordType }), '/data')
  if (listed === null) return unusable(`its orders of the kind ${ordType} are no list`)
  const named = listed.map((one) => ({ instId: valueAt(one, '/instId'), algoId: valueAt(one, '/algoId') }))
  return open(named, ALGOS_A_CALL, (some) => changed(ask, 'privatePostTradeCancelAlgos', some))
}

/** What is listed is a page: what follows is listed when it is asked again. */
function open<T>(listed: readonly T[], aCall: number, stepOf: (some: readonly T[]) => Step): Open {
  const parts = Array.from({ length: Math.ceil(listed.length / aCall) }, (_, at) =>
    listed.slice(at * aCall, (at + 1) * aCall),
  )
  return { kind: 'open', count: listed.length, steps: parts.map(stepOf) }
}

/** A code of success may stand around entries that failed. */
function changed(ask: Ask, method: string, params: object): Step {
  return async () => {
    const entries = listAt(await ask(method, params), '/data') ?? []
    const bad = entries.find((entry) => !['0', undefined].includes(valueAt(entry, '/sCode') as string | undefined))
    return bad === undefined
      ? null
      : unusable(`it says ${String(valueAt(bad, '/sCode'))} ${String(valueAt(bad, '/sMsg'))}`)
  }
}
