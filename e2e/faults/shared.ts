import { afterAll, afterEach } from 'vitest'

/**
 * A fixture that the tests of a suite share: created at its first use, and again after a failed test, which may have left it
 * in any state.
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
