/** What one check found. */
export interface Finding {
  readonly check: string
  readonly status: 'ok' | 'warning' | 'fault'
  /** What is so, in a few words. */
  readonly found: string
  /** What to do about it; null where all is well. */
  readonly advice: string | null
}

export function ok(check: string, found: string): Finding {
  return { check, status: 'ok', found, advice: null }
}

export function warning(check: string, found: string, advice: string): Finding {
  return { check, status: 'warning', found, advice }
}

export function fault(check: string, found: string, advice: string): Finding {
  return { check, status: 'fault', found, advice }
}

/** Runs a check that neither fails nor hangs: an error and a silence of so long are faults of what it looks at. */
export async function examine(
  check: string,
  withinMs: number,
  look: () => Promise<Finding | readonly Finding[]>,
): Promise<readonly Finding[]> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<Finding>((resolve) => {
    const words = `no answer within ${withinMs / 1000} s`
    timer = setTimeout(
      () => resolve(fault(check, words, 'see whether it is overloaded or stopped; try again')),
      withinMs,
    )
  })
  try {
    return [await Promise.race([look(), silence])].flat()
  } catch (error) {
    return [fault(check, firstLine(error), 'see what it says there; try again')]
  } finally {
    clearTimeout(timer)
  }
}

export function firstLine(error: unknown): string {
  // An error of several addresses has no message of its own.
  const [first = error] = error instanceof AggregateError ? error.errors : [error]
  return (first instanceof Error ? first.message : String(first)).split('\n')[0] ?? ''
}
