/** An account that loses 15 percent with its first purchase, and a strategy that always wants something. */
let size = 0
let bought = 0

interface Order {
  readonly side: 'buy' | 'sell'
  readonly quantity: number
}

export const account = {
  equity: () => (bought > 0 ? 850 : 1000),
  position: () => size,
  place({ side, quantity }: Order): void {
    if (side === 'buy') bought += 1
    size += side === 'buy' ? quantity : -quantity
    console.log(`order ${side} ${quantity}`)
  },
}

export function nextOrder(): Order {
  return { side: size > 0 ? 'sell' : 'buy', quantity: 1 }
}
