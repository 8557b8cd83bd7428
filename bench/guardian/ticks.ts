import { headerNames, subjects, type TraderId, toJsonBytes } from '@drawbridge/contracts'
import { headers } from '@nats-io/transport-node'
import { type Outgoing, publishAll } from './publish-all.ts'
import type { BenchServer } from './server.ts'

/** The server itself refuses when 10,000 publishes wait for a stream. */
const PRELOAD_IN_FLIGHT = 4_000
const START = Date.UTC(2026, 2, 12, 9)

/** Names of one length, so that a fixed event can be made that of another trader. */
export function traderName(index: number): TraderId {
  return `trader-${String(index).padStart(7, '0')}`
}

/** A full-form tick that breaks no limit and crosses no warning. */
export function tickBytes(index: number): Uint8Array {
  const equity = 10_000 + ((index * 37) % 100) + 0.25
  return toJsonBytes({
    equity,
    balance: 10_000.5,
    unrealizedPnl: Math.round((equity - 10_000.5) * 100) / 100,
    at: new Date(START + index).toISOString(),
    seq: index,
  })
}

/** As of a bot that traces its ticks: the event carries it on. One of `sampledEvery` is sampled. */
export function traceparentOf(index: number, sampledEvery = 1): string {
  const id = index.toString(16).padStart(16, '0')
  return `00-${id.padStart(32, 'a')}-${id.replace(/^0/, 'b')}-${index % sampledEvery === 0 ? '01' : '00'}`
}

/** Fills an empty INPUTS with ticks of traders in turn. */
export function preloadTicks(server: BenchServer, ticks: number, traders: number, sampledEvery = 1): Promise<void> {
  return publishAll(server.connection, ticksInTurn(ticks, traders, sampledEvery), PRELOAD_IN_FLIGHT)
}

function* ticksInTurn(ticks: number, traders: number, sampledEvery: number): Generator<Outgoing> {
  for (let index = 0; index < ticks; index += 1) {
    const carried = headers()
    carried.set(headerNames.traceparent, traceparentOf(index, sampledEvery))
    const subject = subjects.tick(traderName(index % traders))
    yield { subject, payload: tickBytes(index), headers: carried }
  }
}
