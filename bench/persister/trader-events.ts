import {
  encodeRiskEvent,
  equityTick,
  type RiskEvent,
  subjects,
  type TraderId,
  type TraderState,
} from '@drawbridge/contracts'
import { monthOf } from '@drawbridge/migrations'
import { BUILT_IN_CONFIGURATION, decide, INITIAL_STATE, type TraderInput } from '@drawbridge/risk-engine'
import { headersOfEvent, type Outgoing, START, traceparentOf, traderName } from '../publishes.ts'

interface TraderEvent {
  readonly event: RiskEvent
  /** Its sequence in RISK. */
  readonly streamSeq: number
  readonly traceparent: string
}

export interface Events {
  readonly events: number
  readonly traders: number
  /** The last stream sequence of RISK before them. */
  readonly before: number
}

/** 5 minutes are 60,000 events. */
const BETWEEN_MS = 5
const BEGINS_WITH = 10_000_00000000n
/** One trader in 20 comes near its limits and breaches them. */
const LIVELY = 20

/**
 * Events of one trader after the other, as the rules decide them: the same ones every time. About one in a hundred is
 * more than an assessed tick (a warning, a breach, the end of a pause), and two are ticks during a pause.
 */
export function* traderEvents({ events, traders, before }: Events): Generator<TraderEvent> {
  const states: TraderState[] = Array.from({ length: traders }, () => INITIAL_STATE)
  for (let index = 0; index < events; index += 1) {
    const trader = index % traders
    const decision = decide(traderName(trader), states[trader] ?? INITIAL_STATE, BUILT_IN_CONFIGURATION, {
      kind: 'tick',
      seq: index + 1,
      time: START + index * BETWEEN_MS,
      tick: tickOf(trader, Math.floor(index / traders), index),
    } satisfies TraderInput)
    if (decision.kind !== 'event') throw new Error('no decision')
    states[trader] = decision.event.state
    yield { event: decision.event, streamSeq: before + index + 1, traceparent: traceparentOf(index) }
  }
}

/** The same events as a guardian publishes them, into a RISK that has none of these traders. */
export function* publishesOf(events: Iterable<TraderEvent>): Generator<Outgoing> {
  const lastSeqs = new Map<TraderId, number>()
  for (const { event, streamSeq, traceparent } of events) {
    const { type, trader, state } = event
    const headers = headersOfEvent(trader, lastSeqs.get(trader) ?? 0, state.inputSeq - 1, traceparent)
    lastSeqs.set(trader, streamSeq)
    yield { subject: subjects.out(type, trader), payload: encodeRiskEvent(event), headers }
  }
}

/** The equity of an account oscillates by 2 percent, that of a lively trader by 11.5, with a period of 40 ticks. */
function tickOf(trader: number, turn: number, seq: number) {
  const swing = trader % LIVELY === 0 ? 0.115 : 0.02
  const pnl = (BigInt(Math.round(-Math.sin((turn / 40) * 2 * Math.PI) * swing * 1_000_000)) * 1_00000000n) / 100n
  return equityTick(BEGINS_WITH + pnl, { balance: BEGINS_WITH, unrealizedPnl: pnl, seq })
}

/** The UTC months of these events, as `2026-03`. */
export function monthsOf({ events }: Events): readonly string[] {
  return [...new Set([0, events - 1].map((index) => monthOf(new Date(START + index * BETWEEN_MS).toISOString())))]
}
