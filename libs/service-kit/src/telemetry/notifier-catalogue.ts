import { counter, gauge, type MetricDefinitions } from './metric-definition.ts'

/** Metrics of the notifier. Of several, the active one has them; the others wait. */
export const notifierCatalogue = {
  notifier_active: { ...gauge('yes-or-no'), help: '1 for the notifier that works; the others wait for its lease' },
  notifier_events_total: { ...counter(), help: 'Events of RISK that were looked at' },
  notifier_unreadable_events_total: {
    ...counter(),
    help: 'Events that could not be read, and are skipped',
    alert: 'any increase: RISK has events of another version',
  },
  notifier_lag_events: {
    ...gauge('count'),
    help: 'Events in RISK that no notifier has looked at yet; the last known value while NATS is unavailable, none while RISK is missing',
    alert: 'grows for 10 minutes: nobody is told',
  },
  notifier_alerts_open: { ...gauge('count'), help: 'Alerts that go on: broken limits, silent bots, faults' },
  notifier_alerts_unacknowledged: { ...gauge('count'), help: 'Those that nobody has acknowledged' },
  notifier_messages_sent_total: { ...counter('channel'), help: 'Messages that a channel took; a digest is one' },
  notifier_notices_told_total: { ...counter('channel'), help: 'Notices in these messages' },
  notifier_attempts_failed_total: { ...counter('channel'), help: 'Attempts to send that failed; they are repeated' },
  notifier_notices_given_up_total: {
    ...counter('channel'),
    help: 'Notices that were never told: their channel refuses them, or was away for a day',
    alert: 'any increase',
  },
  notifier_channel_failing: {
    ...gauge('yes-or-no', 'channel'),
    help: '1 while a channel takes nothing; of the last attempt',
    alert: '1 for 5 minutes: people are not told',
  },
  notifier_notices_waiting: { ...gauge('count', 'channel'), help: 'Notices that wait for a channel, at the last look' },
  notifier_heartbeat_failures_total: {
    ...counter(),
    help: 'Heartbeats that the address outside did not take',
    alert: 'increases for 10 minutes: somebody outside will say that the notifier is dead',
  },
} as const satisfies MetricDefinitions
