import type { Failure } from '../../../core/failure.ts'
import type { FlattenAnswer } from '../../../port.ts'
import { valueAt } from '../../generic/pointer.ts'
import type { Ask, FlattenParts } from './exchange-line.ts'
import { flattenParts, type Open, openIn, type Step, sizeOf, unusable } from './flattening.ts'
import { listAt } from './place.ts'

const PRODUCT = { productType: 'USDT-FUTURES' } as const
/** Kinds of orders with a condition, as they are listed. */
const PLANS = ['normal_plan', 'track_plan', 'profit_loss'] as const

/** Closes every USDT-M position at market, and then cancels every order that waits. Stops that belong to a position end with it. */
export function flattenBitget({ ask }: FlattenParts): Promise<FlattenAnswer> {
  return flattenParts([() => positions(ask), () => orders(ask), ...PLANS.map((planType) => () => plans(ask, planType))])
}

async function positions(ask: Ask): Promise<Open | Failure> {
  const listed = listAt(await ask('privateMixGetV2MixPositionAllPosition', { ...PRODUCT, marginCoin: 'USDT' }), '/data')
  if (listed === null) return unusable('its positions are no list')
  // In hedge mode a symbol has two, and one call closes both.
  const closed = new Set<string>()
  return openIn(listed, (position) => {
    const [symbol, size] = [valueAt(position, '/symbol'), sizeOf(valueAt(position, '/total'))]
    if (size?.isEmpty === true) return null
    if (typeof symbol !== 'string' || size === null) return unusable('a position has no symbol or no size')
    if (closed.has(symbol)) return null
    closed.add(symbol)
    return changed(ask, 'privateMixPostV2MixOrderClosePositions', { ...PRODUCT, symbol })
  })
}

async function orders(ask: Ask): Promise<Open | Failure> {
  const listed = ordersIn(await ask('privateMixGetV2MixOrderOrdersPending', PRODUCT))
  if (listed === null) return unusable('its orders are no list')
  const steps = listed.length === 0 ? [] : [changed(ask, 'privateMixPostV2MixOrderCancelAllOrders', PRODUCT)]
  return { kind: 'open', count: listed.length, steps }
}

async function plans(ask: Ask, planType: string): Promise<Open | Failure> {
  const listed = ordersIn(await ask('privateMixGetV2MixOrderOrdersPlanPending', { ...PRODUCT, planType }))
  if (listed === null) return unusable(`its orders of the kind ${planType} are no list`)
  return openIn(listed, (order) => {
    const field = (name: string) => valueAt(order, `/${name}`)
    const [symbol, orderId, plan] = [field('symbol'), field('orderId'), field('planType') ?? planType]
    if (typeof plan === 'string' && plan.startsWith('pos_')) return null
    const params = { ...PRODUCT, symbol, marginCoin: 'USDT', planType: plan, orderIdList: [{ orderId }] }
    return changed(ask, 'privateMixPostV2MixOrderCancelPlanOrder', params)
  })
}

/** Bitget writes null for no orders. Null: the list is missing. */
function ordersIn(body: unknown): readonly unknown[] | null {
  return valueAt(body, '/data/entrustedList') === null ? [] : listAt(body, '/data/entrustedList')
}

/** A code of success may stand around a list of failures. */
function changed(ask: Ask, method: string, params: object): Step {
  return async () => {
    const [bad] = listAt(await ask(method, params), '/data/failureList') ?? []
    return bad === undefined ? null : unusable(`it says ${valueAt(bad, '/errorCode')} ${valueAt(bad, '/errorMsg')}`)
  }
}
