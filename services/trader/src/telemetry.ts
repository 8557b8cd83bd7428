import type { HeardDecision, TakenTick, Telemetry } from '@drawbridge/client'
import { headerNames, type RiskEvent, standingOf, subjects, traceField } from '@drawbridge/contracts'
import {
  type GaugeName,
  type Logger,
  type MetricRegistry,
  spanAttributes,
  type TracedStep,
  type Tracing,
} from '@drawbridge/service-kit'
import type { RunningTrader } from './traders.ts'
import type { Traders } from './unconfigured-traders.ts'

type TraderMetrics = ReturnType<typeof traderMetrics>

/** Metrics of all traders of this process together. */
export function traderMetrics(registry: MetricRegistry) {
  return {
    ticksRefused: registry.count('trader_ticks_refused_total'),
    tickPublish: registry.distribution('trader_tick_publish_duration_seconds'),
    decisionToGate: registry.distribution('trader_decision_to_gate_seconds'),
  }
}

/** Metrics per trader, read at the scrape, for as many traders as the bound admits. */
export function watchTraders(registry: MetricRegistry, traders: Traders): void {
  const perTrader = (
    name: GaugeName | 'trader_ticks_thinned_total',
    value: (trader: RunningTrader) => number | undefined,
  ) => {
    registry.collect(name, function* () {
      for (const trader of traders.all()) {
        if (registry.traders.admits(trader.id)) yield { labels: { trader_id: trader.id }, value: value(trader) ?? 0 }
      }
    })
  }
  perTrader('trader_gate_open', ({ gate }) => (gate.canTrade().allowed ? 1 : 0))
  perTrader('trader_lease_live', ({ gate }) => (gate.isLive ? 1 : 0))
  perTrader('trader_ticks_waiting', ({ outbox }) => outbox?.waiting)
  perTrader('trader_ticks_thinned_total', ({ outbox }) => outbox?.thinned)
}

/** Measures ticks and decisions of this service, continues their traces, and logs when a decision opens or closes a gate. */
export function traderTelemetry(
  { tickPublish, decisionToGate }: TraderMetrics,
  tracing: Tracing | null,
  log: Logger,
): Telemetry {
  return {
    tickTaken(tick) {
      const step = tracing === null ? null : traceTick(tracing, tick)
      const since = performance.now()
      return {
        traceparent: step?.traceparent ?? tick.traceparent,
        acknowledged() {
          tickPublish?.observe((performance.now() - since) / 1_000)
          step?.end()
        },
      }
    },
    decided(event, message, isChange) {
      decisionToGate?.observe(Math.max(0, Date.now() - message.time) / 1_000)
      if (tracing !== null) traceDecision(tracing, event, message)
      if (isChange) logDecision(log, event, message)
    },
  }
}

/**
 * A span from receiving a tick to its acknowledgement. It continues the bot's trace; without one, a trace begins here,
 * sampled or not.
 * @returns null if the bot's trace is not sampled.
 */
function traceTick(tracing: Tracing, { trader, traceparent, messageId, bytes }: TakenTick): TracedStep | null {
  const step = {
    operation: 'send',
    template: subjects.tick('{trader}'),
    subject: subjects.tick(trader),
    attributes: {
      [spanAttributes.trader]: trader,
      [spanAttributes.messageId]: messageId,
      [spanAttributes.bodySize]: bytes,
    },
  } as const
  return traceparent === '' ? tracing.begin(step) : tracing.follow(traceparent, step)
}

function traceDecision(tracing: Tracing, { type, trader, state }: RiskEvent, message: HeardDecision): void {
  const { subject, seq } = message
  const step = tracing.follow(message.header(headerNames.traceparent), {
    operation: 'process',
    template: subjects.event(type, '{trader}'),
    subject,
    attributes: {
      [spanAttributes.trader]: trader,
      [spanAttributes.eventSeq]: seq,
      [spanAttributes.eventType]: type,
      [spanAttributes.version]: state.version,
    },
  })
  step?.end()
}

function logDecision(log: Logger, { trader, type, state }: RiskEvent, message: HeardDecision): void {
  const fields = { trader, type, version: state.version, ...traceField(message.header(headerNames.traceparent)) }
  const { allowed, code } = standingOf(state)
  if (allowed) log.info(fields, 'entries are allowed')
  else log.warn({ ...fields, code }, 'entries are blocked')
}
