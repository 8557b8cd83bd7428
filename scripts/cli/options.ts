import { UsageError } from '@drawbridge/service-kit/program'

/** Kinds of options of the commands. */
export const flag = { type: 'boolean', default: false } as const
export const text = { type: 'string' } as const

/** @throws {UsageError} if it is not a whole number between the bounds */
export function readInteger(name: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new UsageError(`${name} must be a whole number, ${min} to ${max}, got "${text}"`)
}

/** @throws {UsageError} if it is given and is not 1 to 500 characters */
export function checkWords(name: string, words: string | undefined): void {
  if (words === undefined || (words.trim() !== '' && words.length <= 500)) return
  throw new UsageError(`${name} must be 1 to 500 characters`)
}

/** Who did something, and why. */
export interface Signature {
  readonly by: string
  readonly reason: string | null
}

/**
 * Who does something and why, as it is recorded: the author, and in the reason the person whom the author names.
 * @param author the user of NATS, or without NATS users that of the operating system
 */
export function signatureOf<Reason extends string | null>(
  author: string,
  onBehalfOf: string | undefined,
  reason: Reason,
): Signature & { readonly reason: string | Reason } {
  if (onBehalfOf === undefined || onBehalfOf === author) return { by: author, reason }
  const other = `on behalf of ${onBehalfOf}`
  return { by: author, reason: reason === null ? other : `${reason} (${other})` }
}

/** @param until when the pause ends; null: an operator ends it */
export function tradingInWords(isPaused: boolean, until: string | null, code: string | null = null): string {
  if (!isPaused) return code === null || code === 'ok' ? 'allowed' : `blocked (${code})`
  return until === null ? 'paused until an operator resumes' : `paused until ${until}`
}
