import { counter, gauge, type MetricDefinitions } from './metric-definition.ts'

/** Metrics of the connector service, for the accounts that it connects. */
export const connectorCatalogue = {
  connector_readings_total: {
    ...counter('connector', 'trader_id'),
    help: 'Readings that could be used; most of them change nothing and are not reported',
  },
  connector_reading_age_seconds: {
    ...gauge('seconds', 'connector', 'trader_id'),
    help: 'How long ago the account was last read, by the clock of the connector; since its start, if it never was',
    alert: 'above a third of stale_after_seconds: the account becomes silent, and entries are blocked',
  },
  connector_failures_total: {
    ...counter('connector', 'trader_id', 'task'),
    help: 'Calls of the other side that did not do what they should; they are repeated',
  },
  connector_fault: {
    ...gauge('yes-or-no', 'connector', 'trader_id', 'task'),
    help: '1 while something cannot be done, of read, block, unblock and flatten; of forward, from an order that was not sent on until one is; of run-alone, while another process runs the same connector',
    alert: '1 for 30 seconds: of block and flatten at night, too, as the bot may go on trading; of forward at once',
  },
  connector_blocked: {
    ...gauge('yes-or-no', 'connector', 'trader_id'),
    help: '1 while entries are blocked on the other side, as far as is known',
  },
} as const satisfies MetricDefinitions
