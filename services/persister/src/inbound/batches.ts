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
  const take = () => {
    const item = iterator.next()
    // It is awaited when a batch has been handled; one that fails before that is not an error that nobody handles.
    item.catch(() => undefined)
    return item
  }
  let next = take()
  for (;;) {
    const first = await next
    if (first.done === true) return
    const batch = [first.value]
    next = take()
    const ripe = new AbortController()
    const age = delay(ageMs, null, { signal: ripe.signal }).catch(() => null)
    while (batch.length < size) {
      // An error is thrown above, once what came before it is handled.
      const item = await Promise.race([next, age]).catch(() => null)
      if (item === null || item.done === true) break
      batch.push(item.value)
      next = take()
    }
    ripe.abort()
    await handle(batch)
  }
}
