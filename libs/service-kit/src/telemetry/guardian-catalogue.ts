import { LATENCY_BUCKETS, MICROSECOND_BUCKETS, TRADER_BUCKETS_MS } from './buckets.ts'
import type { MetricDefinitions } from './metric-definition.ts'

/** Metrics of risk-guardian. Every guardian shows them, also one that leaves the decisions to another. */
export const guardianCatalogue = {
  risk_daily_pnl: {
    type: 'gauge',
    unit: 'currency',
    labels: ['trader_id'],
    help: 'Profit of the trading day, negative for a loss, in the currency of the account',
  },
  risk_drawdown: {
    type: 'gauge',
    unit: 'percent',
    labels: ['trader_id'],
    help: 'Decline of equity from its peak, percent',
  },
  risk_trading_paused: {
    type: 'gauge',
    unit: 'yes-or-no',
    labels: ['trader_id'],
    help: '1 while the decision in force is to open no position',
    alert: '1: tell the trader; it ends by itself unless an operator or a manual limit holds it',
  },
  risk_feed_stale: {
    type: 'gauge',
    unit: 'yes-or-no',
    labels: ['trader_id'],
    help: '1 while no tick was accepted for as long as stale_after_seconds of the trader says; 0 where that is not set',
    alert: '1: its losses are not judged',
  },
  risk_enforcement_enabled: {
    type: 'gauge',
    unit: 'yes-or-no',
    help: '1 while a broken limit pauses trading, as the flag enable_risk_enforcement says',
    alert: '0: limits are judged and nothing is paused',
  },
  risk_limit_breaches_total: {
    type: 'counter',
    unit: 'count',
    labels: ['trader_id'],
    help: 'Limits that this guardian found broken, those that were not enforced included',
    alert: 'any increase, if somebody is to hear of each breach',
  },
  risk_check_latency_ms: {
    type: 'histogram',
    unit: 'milliseconds',
    labels: ['trader_id'],
    buckets: TRADER_BUCKETS_MS,
    help: 'From reading an input to its event being stored',
  },
  guardian_tick_to_decision_seconds: {
    type: 'histogram',
    unit: 'seconds',
    buckets: LATENCY_BUCKETS,
    help: "From the input's JetStream timestamp to its event being stored, by the clock of JetStream, to the millisecond",
    alert: 'p99 above a quarter of the lease for 5 minutes',
  },
  guardian_decide_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    buckets: MICROSECOND_BUCKETS,
    help: 'What the rules alone take for one input; one of 16 is measured',
  },
  guardian_publish_duration_seconds: {
    type: 'histogram',
    unit: 'seconds',
    buckets: LATENCY_BUCKETS,
    help: 'From handing an event to NATS to its acknowledgement by RISK',
  },
  nats_stream_consumers: {
    type: 'gauge',
    unit: 'count',
    labels: ['stream'],
    help: 'Consumers of INPUTS and of RISK, as this guardian saw them at its last look, at most a second ago',
    alert: 'above 800: the server permits 1,000 by default, and where they are used up no guardian or persister starts',
  },
  guardian_settled_sequence: {
    type: 'gauge',
    unit: 'sequence',
    help: 'Every input up to this stream sequence is decided and stored',
  },
  guardian_unsettled_inputs: {
    type: 'gauge',
    unit: 'count',
    help: 'Inputs read and not yet settled',
  },
  guardian_lag_inputs: {
    type: 'gauge',
    unit: 'count',
    help: 'Inputs in the log that were not settled when the guardian last looked, about once a second',
    alert: 'grows for 5 minutes',
  },
  guardian_events_in_flight: {
    type: 'gauge',
    unit: 'count',
    help: 'Events that wait for RISK to acknowledge them',
  },
  guardian_turn: {
    type: 'gauge',
    unit: 'yes-or-no',
    help: '1 for the guardian that decides now; those that stand by have 0',
    alert: 'the sum over all guardians stays above 1: two of them dispute, which costs refused publishes and no event',
  },
  guardian_heartbeat_timestamp_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'When this guardian last sent a sign of life, Unix time; 0: never',
    alert: 'the newest of all guardians is older than half the lease: gates close when it is over',
  },
  guardian_server_clock_offset_seconds: {
    type: 'gauge',
    unit: 'seconds',
    help: 'How far the clock of JetStream was ahead of that of this guardian at the last look, negative: behind',
    alert: 'beyond 2 seconds for 5 minutes: one of the two clocks is wrong',
  },
  guardian_risk_log_full: {
    type: 'gauge',
    unit: 'yes-or-no',
    help: '1 while RISK takes no more events',
    alert: '1: nothing is decided until the limits of RISK are raised',
  },
  guardian_traders: {
    type: 'gauge',
    unit: 'count',
    help: 'Traders that have an event',
  },
  guardian_events_total: {
    type: 'counter',
    unit: 'count',
    labels: ['type'],
    help: 'Events that this guardian stored; type tick-rejected are rejected ticks',
    alert: 'type tick-rejected increases: a bot sends what is no tick',
  },
  guardian_rejects_total: {
    type: 'counter',
    unit: 'count',
    help: 'Inputs that went to REJECTS',
    alert: 'any increase: look at the reasons in REJECTS',
  },
  guardian_input_failures_total: {
    type: 'counter',
    unit: 'count',
    help: 'Inputs that were refused because reading or judging them threw an error: a fault of Drawbridge',
    alert: 'any increase: report it with the line of the log',
  },
  guardian_publishes_refused_total: {
    type: 'counter',
    unit: 'count',
    help: 'Publishes after which the log had to be read again',
  },
  guardian_divergence_total: {
    type: 'counter',
    unit: 'count',
    help: 'Events that this guardian would have decided otherwise than the log, which holds',
    alert: 'above 0: guardians of different rules run, or one is at fault',
  },
  guardian_inputs_lost_total: {
    type: 'counter',
    unit: 'count',
    help: 'Inputs that left the input log before any guardian read them',
    alert: 'above 0: no guardian ran for longer than INPUTS keeps',
  },
} as const satisfies MetricDefinitions
