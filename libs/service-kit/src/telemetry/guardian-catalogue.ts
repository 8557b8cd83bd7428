import {
  counter,
  gauge,
  histogram,
  LATENCY_BUCKETS,
  type MetricDefinitions,
  MICROSECOND_BUCKETS,
  TRADER_BUCKETS_MS,
} from './metric-definition.ts'

/** Metrics of risk-guardian. Every guardian shows them, including those on standby. */
export const guardianCatalogue = {
  risk_daily_pnl: {
    ...gauge('currency', 'trader_id'),
    help: 'Profit of the trading day, negative for a loss, in the currency of the account',
  },
  risk_drawdown: { ...gauge('percent', 'trader_id'), help: 'Decline of equity from its peak, percent' },
  risk_trading_paused: {
    ...gauge('yes-or-no', 'trader_id'),
    help: '1 while the decision in force is paused: no new positions',
    alert: '1: tell the owner of the bot; it ends by itself unless an operator or a manual limit holds it',
  },
  risk_feed_stale: {
    ...gauge('yes-or-no', 'trader_id'),
    help: '1 while no tick was accepted for as long as stale_after_seconds of the trader says; 0 where that is not set',
    alert: '1, of a trader whose risk_feed_watched is 1: its losses are not judged',
  },
  risk_feed_watched: {
    ...gauge('yes-or-no', 'trader_id'),
    help: '1 where stale_after_seconds was set for the trader, or for all to another value than its default',
  },
  risk_enforcement_enabled: {
    ...gauge('yes-or-no'),
    help: '1 while a broken limit pauses trading (flag enable_risk_enforcement)',
    alert: '0: limits are checked but nothing is paused',
  },
  risk_limit_breaches_total: {
    ...counter('trader_id'),
    help: 'Breaches that this guardian found, including those that were not enforced',
    alert: 'any increase, if you want to know of each breach',
  },
  risk_check_latency_ms: {
    ...histogram('milliseconds', TRADER_BUCKETS_MS, 'trader_id'),
    help: 'From reading an input to its event being stored',
  },
  guardian_tick_to_decision_seconds: {
    ...histogram('seconds', LATENCY_BUCKETS),
    help: "From the input's JetStream timestamp to its event being stored, by the clock of JetStream, to the millisecond",
    alert: 'p99 above a quarter of the lease for 5 minutes',
  },
  guardian_decide_duration_seconds: {
    ...histogram('seconds', MICROSECOND_BUCKETS),
    help: 'Time that the rules alone take for one input; one of 16 is measured',
  },
  guardian_publish_duration_seconds: {
    ...histogram('seconds', LATENCY_BUCKETS),
    help: 'From publishing an event to its acknowledgement by RISK',
  },
  nats_stream_consumers: {
    ...gauge('count', 'stream'),
    help: 'Consumers of INPUTS and of RISK when this guardian last looked, at most a second ago',
    alert: 'above 800: the server permits 1,000 by default, and at that limit no guardian or persister can start',
  },
  guardian_settled_sequence: {
    ...gauge('sequence'),
    help: 'Watermark: every input up to this stream sequence is decided and its event stored',
  },
  guardian_unsettled_inputs: { ...gauge('count'), help: 'Inputs that were read and are above the watermark' },
  guardian_lag_inputs: {
    ...gauge('count'),
    help: 'Inputs in the log above the watermark when the guardian last looked, about once a second',
    alert: 'grows for 5 minutes',
  },
  guardian_events_in_flight: { ...gauge('count'), help: 'Events waiting for their acknowledgement by RISK' },
  guardian_turn: {
    ...gauge('yes-or-no'),
    help: '1 for the active guardian; 0 for those on standby',
    alert: 'the sum over all guardians stays above 1: two are active, which costs refused publishes but no event',
  },
  guardian_heartbeat_timestamp_seconds: {
    ...gauge('seconds'),
    help: 'When this guardian last sent a heartbeat, Unix time; 0: never',
    alert: 'the newest of all guardians is older than half the lease: gates close when the lease ends',
  },
  guardian_server_clock_offset_seconds: {
    ...gauge('seconds'),
    help: "How far JetStream's clock was ahead of this guardian's at the last look; negative: behind",
    alert: 'beyond 2 seconds for 5 minutes: one of the two clocks is wrong',
  },
  guardian_risk_log_full: {
    ...gauge('yes-or-no'),
    help: '1 while RISK is full and stores no more events',
    alert: "1: no decisions until RISK's limits are raised",
  },
  guardian_risk_log_damaged: {
    ...gauge('yes-or-no'),
    help: '1 while this guardian decides nothing because messages of RISK are missing',
    alert: '1: no decisions, and gates are closed, until an operator repairs RISK',
  },
  guardian_traders: { ...gauge('count'), help: 'Traders that have an event' },
  guardian_events_total: {
    ...counter('type'),
    help: 'Events that this guardian stored; the type tick-rejected counts rejected ticks',
    alert: 'the type tick-rejected increases: a bot sends invalid ticks',
  },
  guardian_tick_fields_ignored_total: {
    ...counter('field'),
    help: 'Fields that could not be read, in ticks that this guardian decided without them, because no limit uses them',
    alert: 'increases: a bot sends something other than it means to; docs/events.md says what a field must be',
  },
  guardian_rejects_total: {
    ...counter(),
    help: 'Inputs that became dead letters in REJECTS',
    alert: 'any increase: look at the reasons in REJECTS',
  },
  guardian_input_failures_total: {
    ...counter(),
    help: 'Inputs that were refused because parsing or judging them threw an error: a bug in Drawbridge',
    alert: 'any increase: report it with the log line',
  },
  guardian_inputs_quarantined_total: {
    ...counter(),
    help: 'Inputs in quarantine because they crashed guardians',
    alert: 'any increase: look at the input in REJECTS and report it',
  },
  guardian_publishes_refused_total: {
    ...counter(),
    help: 'Publishes that RISK refused because of another event, after which the log was read again',
  },
  guardian_divergence_total: {
    ...counter(),
    help: 'Events in the log that differ from what this guardian would have decided; the log takes precedence',
    alert: 'above 0: guardians with different rules are running, or one has a bug',
  },
  guardian_inputs_lost_total: {
    ...counter(),
    help: 'Inputs that were missing from the input log when they were due: expired, or lost with its storage',
    alert: 'above 0: no guardian ran for longer than INPUTS keeps messages, or INPUTS is damaged',
  },
} as const satisfies MetricDefinitions
