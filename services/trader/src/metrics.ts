import type { TraderId } from '@drawbridge/contracts'
import { Gauge, type Registry } from 'prom-client'
import type { RunningTrader } from './traders.ts'

/** What is watched of the traders of this process. */
export function registerMetrics(registry: Registry, traders: ReadonlyMap<TraderId, RunningTrader>): void {
  const perTrader = (name: string, help: string, value: (trader: RunningTrader) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['trader'],
      registers: [registry],
      collect() {
        for (const trader of traders.values()) this.set({ trader: trader.id }, value(trader))
      },
    })
  perTrader('trader_gate_open', '1 while the gate allows new exposure', (trader) =>
    trader.gate.canTrade().allowed ? 1 : 0,
  )
  perTrader(
    'trader_ticks_waiting',
    'Ticks that wait for their acknowledgement',
    (trader) => trader.outbox?.waiting ?? 0,
  )
  perTrader(
    'trader_ticks_thinned',
    'Ticks left out because too many waited; above 0 means NATS was away for long',
    (trader) => trader.outbox?.thinned ?? 0,
  )
}
