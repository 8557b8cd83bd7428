import { readSecret } from '@drawbridge/settings'
import type { Attempt } from '../core/retry.ts'

/** Read for each message, so that a new secret counts at once. */
export function secretIn(file: string): string | Extract<Attempt, { kind: 'shut-out' }> {
  const read = readSecret(file)
  return read.ok ? read.value : { kind: 'shut-out', reason: `the secret cannot be used: ${read.reason}` }
}
