import type { Failure } from '../../../core/failure.ts'
import type { FlattenAnswer } from '../../../port.ts'
import { valueAt } from '../../generic/pointer.ts'
import type { Ask } from './exchange-line.ts'

/**
 * Closes every position at market, and then cancels every order that waits, with or without a condition. Positions come first: their
 * stops wait until then. Each order may only reduce, so that a repeated one opens nothing.
 * @param newId names an order as ours
 */
export async function flattenBinanceUsdm(ask: Ask, newId: () => string): Promise<FlattenAnswer> {
  const listed = await ask('fapiPrivateV3GetPositionRisk')
  const waiting = await ask('fapiPrivateGetOpenOrders')
  const conditional = await ask('fapiPrivateGetOpenAlgoOrders')
  if (!Array.isArray(listed) || !Array.isArray(waiting) || !Array.isArray(conditional)) return NO_LISTS
  const positions = listed.map(positionOf)
  if (positions.includes(null)) return { kind: 'unusable', reason: 'a position has no symbol or no size' }
  const open = positions.filter((one) => one !== null && !one.isEmpty)
  const steps: [method: string, params: object][] = [
    ...open.flatMap((one) => (one === null ? [] : [step('fapiPrivatePostOrder', closing(one, newId()))])),
    ...symbolsOf(waiting).map((symbol) => step('fapiPrivateDeleteAllOpenOrders', { symbol })),
    ...symbolsOf(conditional).map((symbol) => step('fapiPrivateDeleteAlgoOpenOrders', { symbol })),
  ]
  await tryAll(ask, steps)
  const count = open.length + waiting.length + conditional.length
  return count === 0 ? { kind: 'flat' } : { kind: 'closing', open: count }
}

const NO_LISTS: Failure = { kind: 'unusable', reason: 'its positions or orders are no list' }

interface Position {
  readonly symbol: string
  /** Without its sign. */
  readonly size: string
  readonly isShort: boolean
  readonly isEmpty: boolean
  /** BOTH: one-way mode; LONG or SHORT: hedge mode. */
  readonly side: string
}

/** Null: it cannot be read. */
function positionOf(listed: unknown): Position | null {
  const [symbol, amount] = [valueAt(listed, '/symbol'), valueAt(listed, '/positionAmt')]
  const side = valueAt(listed, '/positionSide')
  if (typeof symbol !== 'string' || typeof amount !== 'string' || typeof side !== 'string') return null
  const match = /^(-?)(\d+(?:\.\d+)?)$/.exec(amount)
  if (match === null) return null
  const [, sign = '', size = ''] = match
  return { symbol, size, isShort: sign === '-' || side === 'SHORT', isEmpty: Number(size) === 0, side }
}

/** In hedge mode an order of a side's opposite can only reduce it, and Binance takes no reduceOnly there. */
function closing({ symbol, size, isShort, side }: Position, id: string) {
  return {
    symbol,
    side: isShort ? 'BUY' : 'SELL',
    type: 'MARKET',
    quantity: size,
    newClientOrderId: id,
    ...(side === 'BOTH' ? { reduceOnly: 'true' } : { positionSide: side }),
  }
}

function symbolsOf(orders: readonly unknown[]): readonly unknown[] {
  return [...new Set(orders.map((order) => valueAt(order, '/symbol')))]
}

const step = (method: string, params: object): [string, object] => [method, params]

/** One position that cannot be closed keeps no other open. @throws the first error, after all were tried */
async function tryAll(ask: Ask, steps: readonly [method: string, params: object][]): Promise<void> {
  const errors: unknown[] = []
  for (const [method, params] of steps) {
    try {
      await ask(method, params)
    } catch (error) {
      errors.push(error)
    }
  }
  if (errors.length > 0) throw errors[0]
}
