import type { FlattenAnswer } from '../../../port.ts'
import { valueAt } from '../../generic/pointer.ts'
import type { Ask, FlattenParts } from './exchange-line.ts'
import { flattenParts, openIn, type Size, sizeOf, step, unusable } from './flattening.ts'

/**
 * Closes every position at market, and then cancels every order that waits, with or without a condition. Positions come first: their
 * stops wait until then. Each order may only reduce, so that a repeated one opens nothing.
 */
export function flattenBinanceUsdm({ ask, newId }: FlattenParts): Promise<FlattenAnswer> {
  return flattenParts([
    async () => {
      const listed = await ask('fapiPrivateV3GetPositionRisk')
      if (!Array.isArray(listed)) return unusable('its positions are no list')
      return openIn(listed, (one) => {
        const position = positionOf(one)
        if (position === null) return unusable('a position has no symbol or no size')
        return position.isEmpty ? null : step(ask, 'fapiPrivatePostOrder', closing(position, newId()))
      })
    },
    () => waiting(ask, 'fapiPrivateGetOpenOrders', 'fapiPrivateDeleteAllOpenOrders'),
    () => waiting(ask, 'fapiPrivateGetOpenAlgoOrders', 'fapiPrivateDeleteAlgoOpenOrders'),
  ])
}

/** Orders are cancelled by symbol. */
async function waiting(ask: Ask, list: string, cancel: string) {
  const orders = await ask(list)
  if (!Array.isArray(orders)) return unusable('its orders are no list')
  const symbols = [...new Set(orders.map((order) => valueAt(order, '/symbol')))]
  return { kind: 'open', count: orders.length, steps: symbols.map((symbol) => step(ask, cancel, { symbol })) } as const
}

interface Position extends Size {
  readonly symbol: string
  /** BOTH: one-way mode; LONG or SHORT: hedge mode. */
  readonly side: string
}

/** Null: it cannot be read. */
function positionOf(listed: unknown): Position | null {
  const [symbol, size] = [valueAt(listed, '/symbol'), sizeOf(valueAt(listed, '/positionAmt'))]
  const side = valueAt(listed, '/positionSide')
  if (typeof symbol !== 'string' || size === null || typeof side !== 'string') return null
  return { ...size, symbol, isShort: size.isShort || side === 'SHORT', side }
}

/** In hedge mode an order of a side's opposite can only reduce it, and Binance takes no reduceOnly there. */
function closing({ symbol, amount, isShort, side }: Position, id: string) {
  return {
    symbol,
    side: isShort ? 'BUY' : 'SELL',
    type: 'MARKET',
    quantity: amount,
    newClientOrderId: id,
    ...(side === 'BOTH' ? { reduceOnly: 'true' } : { positionSide: side }),
  }
}
