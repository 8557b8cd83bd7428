import { Backoff } from '@drawbridge/nats'
import { isTransient } from './core/database-fault.ts'

const RETRY_MIN_MS = 50
const RETRY_MAX_MS = 5_000

/**
 * Repeats work until the database accepts it, however long it is unavailable.
 * @param onFailed called with each error after which the same may succeed later; what it throws ends the tries
 * @param stopping ends the wait between two tries
 * @throws errors that waiting does not solve
 */
export async function untilTaken<T>(
  work: () => Promise<T>,
  onFailed: (error: unknown) => void = () => undefined,
  stopping?: AbortSignal,
): Promise<T> {
  const backoff = new Backoff(RETRY_MIN_MS, RETRY_MAX_MS)
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isTransient(error)) throw error
      onFailed(error)
      await backoff.wait(stopping)
    }
  }
}
