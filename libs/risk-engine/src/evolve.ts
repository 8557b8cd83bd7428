import type { RiskEvent, TraderState } from '@drawbridge/contracts'

/** The state after an event: applied only forward, so that redelivery and replay change nothing. */
export function evolve(state: TraderState, event: RiskEvent): TraderState {
  return event.state.version > state.version ? event.state : state
}
