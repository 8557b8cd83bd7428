import type { Evidence } from './evidence.ts'
import type { Violation } from './violation.ts'

/** Every answered request for an exit is answered with yes. */
export function checkExits({ client }: Pick<Evidence, 'client'>): readonly Violation[] {
  return client.exits.map(({ trader, askedAt, answer }) => ({
    promise: 'an exit is never refused',
    expected: `an exit of ${trader} allowed at ${new Date(askedAt).toISOString()}`,
    found: answer,
  }))
}
