import type { Evidence } from './evidence.ts'
import type { Violation } from './violation.ts'

/** Whoever asks before an exit is told yes, by whatever answers at all. */
export function checkExits({ client }: Pick<Evidence, 'client'>): readonly Violation[] {
  return client.exits.map(({ trader, askedAt, answer }) => ({
    promise: 'an exit is never refused',
    expected: `an exit of ${trader} allowed at ${new Date(askedAt).toISOString()}`,
    found: answer,
  }))
}
