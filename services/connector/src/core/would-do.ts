import type { Wanted } from './wanted.ts'

/** What a connector could do on the other side, if it were no dry run. */
export interface Abilities {
  readonly stopsEntries: boolean
  readonly closes: boolean
  readonly mayClose: boolean
}

/** What would be done, and what is wanted and would not be; null: all would be. For people. */
export interface WouldDo {
  readonly does: string
  readonly cannot: string | null
}

export function wouldDo(wanted: Wanted, { stopsEntries, closes, mayClose }: Abilities): WouldDo {
  if (wanted.kind === 'open') return { does: stopsEntries ? 'unblock' : NOTHING, cannot: null }
  const does = [
    ...(stopsEntries ? ['block'] : []),
    ...(wanted.flatten && mayClose && closes ? ['close positions'] : []),
  ]
  const cannot = [
    ...(stopsEntries ? [] : ['block entries, as it only reads']),
    ...(wanted.flatten && !mayClose ? ['close positions, as "may_close" is not set'] : []),
    ...(wanted.flatten && mayClose && !closes ? ['close positions, as this adapter cannot'] : []),
  ]
  return {
    does: does.length === 0 ? NOTHING : does.join(' and '),
    cannot: cannot.length === 0 ? null : cannot.join(', and '),
  }
}

const NOTHING = 'nothing'
