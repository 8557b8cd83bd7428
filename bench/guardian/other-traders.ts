import { decodeTick, encodeRiskEvent, headerNames, type TraderState } from '@drawbridge/contracts'
import { BUILT_IN_CONFIGURATION, decide, INITIAL_STATE } from '@drawbridge/risk-engine'
import { headers } from '@nats-io/transport-node'
import { outSubject } from './event-publishes.ts'
import type { Outgoing } from './publish-all.ts'
import { tickBytes, traderName } from './ticks.ts'

const EVENTS_EACH = 10
/** A prefix that the measured traders do not have. */
const FIRST_OTHER = 1_000_000
const START = Date.UTC(2026, 2, 12, 9)

/** Events of other traders, as the rules decide them, one round of all after the other. */
export function* eventsOfOthers(events: number, settled: number): Generator<Outgoing> {
  const traders = Math.ceil(events / EVENTS_EACH)
  const states: TraderState[] = Array.from({ length: traders }, () => INITIAL_STATE)
  for (let index = 0; index < events; index += 1) {
    const trader = traderName(FIRST_OTHER + (index % traders))
    const tick = decodeTick(tickBytes(index))
    if (!tick.ok) throw new Error(tick.reason)
    const state = states[index % traders] ?? INITIAL_STATE
    // The input does not matter, as long as it is below the watermark and later than the last one.
    const input = { kind: 'tick', seq: 3 + Math.floor(index / traders), time: START + index, tick: tick.value } as const
    const decision = decide(trader, state, BUILT_IN_CONFIGURATION, input)
    if (decision.kind !== 'event') throw new Error('no decision')
    states[index % traders] = decision.event.state
    const carried = headers()
    carried.set(headerNames.settled, String(settled))
    yield {
      subject: outSubject(decision.event.type, trader),
      payload: encodeRiskEvent(decision.event),
      headers: carried,
    }
  }
}
