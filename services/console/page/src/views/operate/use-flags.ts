import { useEffect, useState } from 'preact/hooks'
import { ask } from '../../api/ask.ts'

export interface Flags {
  readonly enable_risk_enforcement: boolean
  readonly enable_persistence: boolean
  readonly pause_all?: { readonly until?: string | null } | null
}

export interface KnownFlags {
  /** Null: not known yet. */
  readonly flags: Flags | null
  /** It goes with a change, which is then made only if nobody has changed them since. */
  readonly tag: string | null
  readonly read: () => Promise<void>
}

/** The flags in force, with the pause of all. */
export function useFlags(): KnownFlags {
  const [known, setKnown] = useState<Omit<KnownFlags, 'read'>>({ flags: null, tag: null })
  const read = async () => {
    const answer = await ask<Flags>('/api/feature_flags')
    if (answer.ok) setKnown({ flags: answer.body, tag: answer.etag })
  }
  useEffect(() => void read(), [])
  return { ...known, read }
}

/** The header of a change by what is known. */
export function ifMatch(tag: string | null): Readonly<Record<string, string>> {
  return tag === null ? {} : { 'if-match': tag }
}
