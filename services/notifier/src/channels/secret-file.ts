import { createHash } from 'node:crypto'
import { type ChannelConfig, readSecret } from '@drawbridge/settings'
import type { Attempt } from '../core/retry.ts'

/** Read for each message, so that a new secret counts at once. */
export function secretIn(file: string): string | Extract<Attempt, { kind: 'shut-out' }> {
  const read = readSecret(file)
  return read.ok ? read.value : { kind: 'shut-out', reason: `the secret cannot be used: ${read.reason}` }
}

/** The first file of a channel that cannot be used, as an attempt to send would find it; null: all can. */
export function secretFault(config: ChannelConfig): Extract<Attempt, { kind: 'shut-out' }> | null {
  return secretsOf(config).find((secret) => typeof secret !== 'string') ?? null
}

/** Another text whenever a secret of the channel is another one, or its file can be read again or no more. */
export function secretMark(config: ChannelConfig): string {
  return createHash('sha256')
    .update(JSON.stringify(secretsOf(config)))
    .digest('base64url')
}

/** Every field that names a file names that of a secret. */
function secretsOf(config: ChannelConfig): readonly ReturnType<typeof secretIn>[] {
  return Object.entries(config).flatMap(([field, file]) =>
    field.endsWith('File') && typeof file === 'string' ? [secretIn(file)] : [],
  )
}
