import { afterAll, afterEach } from 'vitest'

/**
 * What the tests of a suite use one after another: made when it is first asked for, and anew after a test that failed,
 * which may have left anything.
 */
export function shared<Shared extends AsyncDisposable>(make: () => Promise<Shared>): () => Promise<Shared> {
  let made: Shared | null = null
  const end = async () => {
    const ended = made
    made = null
    await ended?.[Symbol.asyncDispose]()
  }
  afterEach(({ task }) => (task.result?.state === 'fail' ? end() : undefined))
  afterAll(end)
  return async () => {
    made ??= await make()
    return made
  }
}
