import { type Decimal, isAtMost, parseDecimal, times } from './decimal.ts'

/** A number, or a decimal string as exchanges send it. */
export type Quantity = number | string

/**
 * What a bot holds of one instrument. `spot`: of a cash account, which cannot be short. `net`: one signed position, above 0
 * long and below 0 short. `hedged`: a long and a short position side by side.
 */
export type Position =
  | { readonly kind: 'spot'; readonly held: Quantity }
  | { readonly kind: 'net'; readonly size: Quantity }
  | { readonly kind: 'hedged'; readonly long: Quantity; readonly short: Quantity }

/** An order for the same instrument. */
export interface Order {
  readonly side: 'buy' | 'sell'
  /** In units of the instrument. */
  readonly quantity?: Quantity | null
  /** In money instead of units; then `price` is the worst price at which it may be filled. */
  readonly quote?: Quantity | null
  readonly price?: Quantity | null
  /** The exchange itself refuses what would not reduce. No exchange does that for a cash account. */
  readonly reduceOnly?: boolean
  /** Which of two hedged positions it is for. */
  readonly positionSide?: 'long' | 'short' | null
}

/**
 * Whether an order can only reduce exposure: an exit, which asks nobody. Everything else is an entry, and so is what cannot
 * be told: an unknown position (null), an order of unknown size, one that closes more than there is and so opens the rest.
 */
export function reducing(position: Position | null, order: Order): boolean {
  const size = sizeOf(order)
  if (order.reduceOnly === true && position?.kind !== 'spot') return size.kind !== 'none'
  if (position === null) return false
  switch (position.kind) {
    case 'spot':
      return order.side === 'sell' && size.kind !== 'none' && isAbove0(position.held)
    case 'net':
      return fits(size, againstNet(position.size, order.side))
    case 'hedged':
      return fits(size, againstHedged(position, order))
    default:
      return position satisfies never
  }
}

type Size =
  | { readonly kind: 'units'; readonly units: Decimal }
  | { readonly kind: 'money'; readonly money: Decimal; readonly price: Decimal }
  /** More than nothing, but how much cannot be told. */
  | { readonly kind: 'unknown' }
  | { readonly kind: 'none' }

function sizeOf({ quantity = null, quote = null, price = null }: Order): Size {
  if (quantity !== null) {
    const units = positive(quantity)
    return units === null ? { kind: 'none' } : { kind: 'units', units }
  }
  if (quote === null) return { kind: 'unknown' }
  const money = positive(quote)
  if (money === null) return { kind: 'none' }
  const worst = price === null ? null : positive(price)
  return worst === null ? { kind: 'unknown' } : { kind: 'money', money, price: worst }
}

/** Whether an order takes no more than there is of the position that it closes. Null: it closes none. */
function fits(size: Size, closable: Decimal | null): boolean {
  if (closable === null) return false
  switch (size.kind) {
    case 'units':
      return isAtMost(size.units, closable)
    case 'money':
      return isAtMost(size.money, times(closable, size.price))
    case 'unknown':
    case 'none':
      return false
    default:
      return size satisfies never
  }
}

function againstNet(size: Quantity, side: Order['side']): Decimal | null {
  const held = parseDecimal(size)
  if (held === null || held.digits === 0n) return null
  const isLong = held.digits > 0n
  if (isLong !== (side === 'sell')) return null
  return isLong ? held : { ...held, digits: -held.digits }
}

function againstHedged(
  { long, short }: { readonly long: Quantity; readonly short: Quantity },
  { side, positionSide }: Order,
): Decimal | null {
  if (positionSide === 'long' && side === 'sell') return positive(long)
  if (positionSide === 'short' && side === 'buy') return positive(short)
  return null
}

function isAbove0(quantity: Quantity): boolean {
  return positive(quantity) !== null
}

function positive(quantity: Quantity): Decimal | null {
  const value = parseDecimal(quantity)
  return value !== null && value.digits > 0n ? value : null
}
