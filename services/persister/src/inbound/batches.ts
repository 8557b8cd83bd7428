/** A source of items. */
export interface Source<T> {
  /** How many have arrived and were not taken yet. */
  readonly waiting: number
  /** Whether no more will come. */
  readonly ended: boolean
  /** Why it ended, if it was not asked to. */
  readonly error: Error | null
  /** Takes the first of those that have arrived. While nothing is taken, few more arrive. */
  take(max: number): readonly T[]
  /** Calls the listener when something has arrived, and at the end. */
  onChange(listener: () => void): void
}

/** While one is written the next one is decoded, encoded and sent; a third one could only wait longer. */
const AT_A_TIME = 2

/**
 * Hands items on in batches: when there are `size` of them, or `ageMs` after the first. At most two batches are handled at
 * a time; meanwhile up to `size` items gather, so that their source notices and waits. Ends when the items end and all of
 * them are handled.
 * @throws what `handle` throws, at once; the error of the source, when the items before it are handled.
 */
export function inBatches<T>(
  source: Source<T>,
  size: number,
  ageMs: number,
  handle: (batch: readonly T[]) => Promise<void>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let handling = 0
  let isOver = false
  /** Runs since the first waiting item arrived; null: none waits. */
  let age: NodeJS.Timeout | null = null
  let isRipe = false
  const forgetAge = () => {
    if (age !== null) clearTimeout(age)
    age = null
    isRipe = false
  }
  const end = (error: unknown) => {
    isOver = true
    forgetAge()
    if (error === null) resolve()
    else reject(error)
  }
  const take = () => {
    forgetAge()
    handling += 1
    handle(source.take(size)).then(() => {
      handling -= 1
      look()
    }, end)
  }
  const isDue = () => source.waiting >= size || (source.waiting > 0 && (isRipe || source.ended))
  const look = () => {
    if (isOver) return
    while (handling < AT_A_TIME && isDue()) take()
    if (source.waiting > 0) {
      age ??= setTimeout(() => {
        isRipe = true
        look()
      }, ageMs)
    } else if (source.ended && handling === 0) end(source.error)
  }
  source.onChange(look)
  look()
  return promise
}
