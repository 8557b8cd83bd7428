import { streams } from '@drawbridge/contracts'
import type { MetricRegistry } from '@drawbridge/service-kit'
import type { GuardianParts } from './guardian-parts.ts'

/** What is asked of the guardian at a scrape; a gauge without a value yet is left out. */
export function registerGauges(
  registry: MetricRegistry,
  { settlement, inputs, binding, publisher, role, heartbeats, riskLog, watch, configurations, lanes }: GuardianParts,
): void {
  registry.gauge('guardian_settled_sequence', () => settlement.settled)
  registry.gauge('guardian_unsettled_inputs', () => settlement.open)
  registry.gauge('guardian_lag_inputs', () =>
    inputs.lastSeq === null ? null : Math.max(0, inputs.lastSeq + binding.inputsOffset - settlement.settled),
  )
  registry.gauge('guardian_events_in_flight', () => publisher.inFlight)
  registry.gauge('guardian_turn', () => Number(role.isActive))
  registry.gauge('guardian_heartbeat_timestamp_seconds', () => heartbeats.sentAt / 1_000)
  registry.gauge('guardian_risk_log_full', () => Number(riskLog.full))
  registry.gauge('guardian_risk_log_damaged', () => Number(watch.damaged !== null))
  registry.gauge('risk_enforcement_enabled', () => Number(configurations.current.enforcement))
  registry.gauge('guardian_server_clock_offset_seconds', () =>
    inputs.serverAheadMs === null ? null : inputs.serverAheadMs / 1_000,
  )
  registry.gauge('guardian_traders', () => lanes.size)
  registry.collect('nats_stream_consumers', function* () {
    for (const [stream, { consumers }] of [
      [streams.inputs, inputs],
      [streams.risk, binding],
    ] as const)
      if (consumers !== null) yield { labels: { stream }, value: consumers }
  })
}
