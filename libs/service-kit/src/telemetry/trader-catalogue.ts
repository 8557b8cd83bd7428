import { LATENCY_BUCKETS } from './buckets.ts'
import type { MetricDefinitions } from './metric-definition.ts'

/** Metrics of trader, of the traders that it is configured to serve. */
export const traderCatalogue = {
  trader_gate_open: {
    type: 'gauge',
    unit: 'yes-or-no',
    labels: ['trader_id'],
    help: '1 while the gate allows new exposure',
  },
  trader_lease_live: {
    type: 'gauge',
    unit: 'yes-or-no',
    labels: ['trader_id'],
    help: '1 while the decision in force is known, a guardian is heard and ticks are acknowledged, each within the lease',
    alert: '0 for longer than a lease: entries are blocked because the risk state is not known',
  },
  trader_ticks_waiting: {
    type: 'gauge',
    unit: 'count',
    labels: ['trader_id'],
    help: 'Ticks that wait for their acknowledgement',
    alert: 'above 0 for a minute: NATS takes no ticks',
  },
  trader_ticks_thinned_total: {
    type: 'counter',
    unit: 'count',
    labels: ['trader_id'],
    help: 'Ticks left out because too many waited; the highest, lowest and latest are kept',
    alert: 'above 0: NATS was away for long',
  },
  trader_ticks_refused_total: {
    type: 'counter',
    unit: 'count',
    help: 'Reports of equity that the HTTP door refused, and whose senders were told why',
    alert: 'any increase: a bot sends what is no tick',
  },
  trader_tick_publish_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    buckets: LATENCY_BUCKETS,
    help: 'From taking a tick to its acknowledgement by INPUTS, all attempts included',
  },
  trader_decision_to_gate_seconds: {
    type: 'histogram',
    unit: 'seconds',
    buckets: LATENCY_BUCKETS,
    help: 'From the JetStream timestamp of an event to the gate knowing it; the clocks of both machines count',
    alert: 'p99 above 1 second: bots go by decisions of the past',
  },
} as const satisfies MetricDefinitions
