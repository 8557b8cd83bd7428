import type { Fact, TraderEventType } from '@drawbridge/contracts'
import type { Draft } from './draft.ts'

/** What happened, and the type of event that it makes; the weightiest first. */
const PRECEDENCE: readonly (readonly [Fact['kind'], TraderEventType])[] = [
  ['breached', 'breach'],
  ['paused', 'paused'],
  ['resumed', 'resumed'],
  ['day-started', 'day-started'],
  ['feed-stale', 'feed-stale'],
  ['feed-restored', 'feed-restored'],
  ['warned', 'warning'],
  ['limits-changed', 'limits-changed'],
  ['cash-flow', 'cash-flow'],
  ['tick-rejected', 'tick-rejected'],
]

/** The type of the event that a draft has become. */
export function typeOf({ facts, state }: Draft): TraderEventType {
  if (facts.length === 0) return 'assessed'
  for (const [kind, type] of PRECEDENCE) {
    if (!facts.some((fact) => fact.kind === kind)) continue
    // What limits held may have ended while an operator's word holds on.
    return type === 'resumed' && state.pause !== null ? 'paused' : type
  }
  return 'assessed'
}
