import { setTimeout as delay } from 'node:timers/promises'

/**
 * Hands items on in batches: when there are `size` of them, or `ageMs` after the first. One batch at a time; while one
 * is handled nothing is taken, so that whoever brings them notices and waits. Ends when the items end.
 * @throws what `handle` or the items throw.
 */
export async function inBatches<T>(
  items: AsyncIterable<T>,
  size: number,
  ageMs: number,
  handle: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const first = await next
      if (first.done === true) return
      const batch = [first.value]
      next = iterator.next()
      const ripe = new AbortController()
      const age = delay(ageMs, null, { signal: ripe.signal }).catch(() => null)
      while (batch.length < size) {
        const item = await Promise.race([next, age])
        if (item === null || item.done === true) break
        batch.push(item.value)
        next = iterator.next()
      }
      ripe.abort()
      await handle(batch)
    }
  } finally {
    // Nobody awaits the last one any more where handling failed.
    next.catch(() => undefined)
  }
}
