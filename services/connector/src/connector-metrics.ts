import type { MetricRegistry } from '@drawbridge/service-kit'
import type { Connector } from './connector.ts'
import { TASKS } from './connector-faults.ts'

/** Metrics per connector, read at the scrape, for as many traders as the bound admits. */
export function watchConnectors(registry: MetricRegistry, connectors: readonly Connector[]): void {
  const watched = connectors.filter(({ gate }) => registry.traders.admits(gate.trader))
  const labelsOf = ({ name, gate }: Connector) => ({ connector: name, trader_id: gate.trader })
  registry.collect('connector_readings_total', function* () {
    for (const one of watched) {
      if (one.reading !== null) yield { labels: labelsOf(one), value: one.reading.readings }
    }
  })
  registry.collect('connector_reading_age_seconds', function* () {
    for (const one of watched) {
      if (one.reading === null || one.waits) continue
      yield { labels: labelsOf(one), value: one.reading.ageMs / 1_000 }
    }
  })
  registry.collect('connector_failures_total', function* () {
    for (const one of watched) {
      for (const task of TASKS) yield { labels: { ...labelsOf(one), task }, value: one.faults.countOf(task) }
    }
  })
  registry.collect('connector_fault', function* () {
    for (const one of watched) {
      const open = new Set(one.faults.open.map(({ task }) => task))
      for (const task of TASKS) yield { labels: { ...labelsOf(one), task }, value: open.has(task) ? 1 : 0 }
    }
  })
  registry.collect('connector_blocked', function* () {
    for (const one of watched) {
      if (one.acting !== null) yield { labels: labelsOf(one), value: one.stands === 'blocked' ? 1 : 0 }
    }
  })
}
