/** What a trader wants to do: take new exposure, or reduce what it has. */
export type Intent = 'enter' | 'reduce'

/** A gate's answer. */
export interface Verdict {
  readonly allowed: boolean
  /** Why not; null where allowed. */
  readonly reason: string | null
  /** When the pause may end, RFC 3339, in the trader's time; null where allowed, or where nobody can say. */
  readonly until: string | null
}

export const ALLOWED: Verdict = Object.freeze({ allowed: true, reason: null, until: null })

/** A verdict that blocks new exposure. */
export function blocked(reason: string, until: string | null = null): Verdict {
  return Object.freeze({ allowed: false, reason, until })
}
