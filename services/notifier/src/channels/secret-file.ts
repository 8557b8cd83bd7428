import { type ChannelConfig, readSecret } from '@drawbridge/settings'
import type { Attempt } from '../core/retry.ts'

/** Read for each message, so that a new secret counts at once. */
export function secretIn(file: string): string | Extract<Attempt, { kind: 'shut-out' }> {
  const read = readSecret(file)
  return read.ok ? read.value : { kind: 'shut-out', reason: `the secret cannot be used: ${read.reason}` }
}

/** The first file of a channel that cannot be used, as an attempt to send would find it; null: all can. */
export function secretFault(config: ChannelConfig): Extract<Attempt, { kind: 'shut-out' }> | null {
  // Every field that names a file names that of a secret.
  for (const [field, file] of Object.entries(config)) {
    if (!field.endsWith('File') || typeof file !== 'string') continue
    const secret = secretIn(file)
    if (typeof secret !== 'string') return secret
  }
  return null
}
