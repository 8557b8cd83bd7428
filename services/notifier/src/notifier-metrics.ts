import type { ChannelHealth } from '@drawbridge/contracts'
import { MetricRegistry } from '@drawbridge/service-kit'
import type { AlertDesk } from './alert-desk.ts'

export type NotifierMetrics = ReturnType<typeof notifierMetrics>

/** What the notifier counts; the catalogue says what each metric means and which value alerts. */
export function notifierMetrics(registry = new MetricRegistry()) {
  return {
    events: registry.count('notifier_events_total'),
    unreadable: registry.count('notifier_unreadable_events_total'),
    sent: registry.countBy('notifier_messages_sent_total'),
    told: registry.countBy('notifier_notices_told_total'),
    failed: registry.countBy('notifier_attempts_failed_total'),
    gaveUp: registry.countBy('notifier_notices_given_up_total'),
    heartbeatFailures: registry.count('notifier_heartbeat_failures_total'),
    lagEvents: registry.levelOrNone('notifier_lag_events'),
    isActive: registry.level('notifier_active'),
  }
}

/** The state of a notifier at a scrape. */
interface NotifierGauges {
  readonly counts: AlertDesk['counts']
  readonly channels: ReadonlyMap<string, ChannelHealth>
}

export function watchNotifier(registry: MetricRegistry, now: () => NotifierGauges): void {
  registry.gauge('notifier_alerts_open', () => now().counts.open)
  registry.gauge('notifier_alerts_unacknowledged', () => now().counts.waiting)
  registry.collect('notifier_channel_failing', function* () {
    for (const [channel, { state }] of now().channels) {
      yield { labels: { channel }, value: state === 'failing' || state === 'shut-out' ? 1 : 0 }
    }
  })
  registry.collect('notifier_notices_waiting', function* () {
    for (const [channel, { waiting }] of now().channels) yield { labels: { channel }, value: waiting }
  })
}
