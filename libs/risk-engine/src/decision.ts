import type { RiskEvent } from '@drawbridge/contracts'
import type { Draft } from './draft.ts'
import { typeOf } from './event-type.ts'
import { RULES_VERSION } from './rules-version.ts'

/** What an input comes to: an event, nothing (a wake-up that came early), or a refusal that says why. */
export type Decision = (
  | /** `refused`: why a command was not obeyed while time, which passed with it, made the event; else null. */
  { readonly kind: 'event'; readonly event: RiskEvent; readonly refused: string | null }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly reason: string }
) & {
  /** What the rules threw, instead of judging the input. */
  readonly error?: unknown
}

export const NOTHING: Decision = { kind: 'nothing' }

/** The event that a draft has become. @param tickSeq the tick's own `seq`, where it had one */
export function eventOf(draft: Draft, tickSeq: number | null, refused: string | null = null): Decision {
  return {
    kind: 'event',
    refused,
    event: {
      type: typeOf(draft),
      trader: draft.trader,
      recordedAt: draft.input.time,
      effectiveAt: draft.now,
      rulesVersion: RULES_VERSION,
      configVersion: draft.configuration.version,
      tickSeq,
      facts: draft.facts,
      state: draft.state,
    },
  }
}
