import { counter, gauge, histogram, LATENCY_BUCKETS, type MetricDefinitions } from './metric-definition.ts'

/** Metrics of the trader service, for the traders that it is configured to serve. */
export const traderCatalogue = {
  trader_gate_open: { ...gauge('yes-or-no', 'trader_id'), help: '1 while the gate allows new exposure' },
  trader_lease_live: {
    ...gauge('yes-or-no', 'trader_id'),
    help: '1 while, within the lease, the decision in force is known, heartbeats arrive and readings are judged',
    alert: '0 for longer than a lease: entries are blocked because the risk state is not known',
  },
  trader_ticks_waiting: {
    ...gauge('count', 'trader_id'),
    help: 'Ticks waiting for their acknowledgement',
    alert: 'above 0 for a minute: NATS does not accept ticks',
  },
  trader_ticks_thinned_total: {
    ...counter('trader_id'),
    help: 'Ticks dropped by downsampling because too many waited; the highest, lowest and latest are kept',
    alert: 'above 0: NATS was unavailable for long',
  },
  trader_ticks_refused_total: {
    ...counter(),
    help: 'Equity reports that the HTTP endpoint refused, with the reason in the response',
    alert: 'any increase: a bot sends invalid ticks',
  },
  trader_tick_publish_duration_seconds: {
    ...histogram('seconds', LATENCY_BUCKETS),
    help: 'From receiving a tick to its acknowledgement by INPUTS, including all attempts',
  },
  trader_decision_to_gate_seconds: {
    ...histogram('seconds', LATENCY_BUCKETS),
    help: 'From the JetStream timestamp of an event to the gate applying it; measured with the clocks of both machines',
    alert: 'p99 above 1 second: bots act on outdated decisions',
  },
} as const satisfies MetricDefinitions
