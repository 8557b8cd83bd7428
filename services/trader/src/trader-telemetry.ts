import type { HeardDecision, TakenTick, Telemetry, WatchedTick } from '@drawbridge/client'
import { headerNames, type RiskEvent, subjects, traceField } from '@drawbridge/contracts'
import { type Logger, spanAttributes, type TracedStep, type Tracing } from '@drawbridge/service-kit'
import type { TraderMetrics } from './metrics.ts'

/** Measures ticks and decisions of this service, continues their traces, and logs when a decision opens or closes a gate. */
export class TraderTelemetry implements Telemetry {
  readonly #metrics: TraderMetrics
  readonly #tracing: Tracing | null
  readonly #log: Logger

  constructor(metrics: TraderMetrics, tracing: Tracing | null, log: Logger) {
    this.#metrics = metrics
    this.#tracing = tracing
    this.#log = log
  }

  tickTaken(tick: TakenTick): WatchedTick {
    const step = this.#tracing === null ? null : traceTick(this.#tracing, tick)
    const { tickPublish } = this.#metrics
    const since = performance.now()
    return {
      traceparent: step?.traceparent ?? tick.traceparent,
      acknowledged() {
        tickPublish?.observe((performance.now() - since) / 1_000)
        step?.end()
      },
    }
  }

  decided(event: RiskEvent, message: HeardDecision, isChange: boolean): void {
    this.#metrics.decisionToGate?.observe(Math.max(0, Date.now() - message.time) / 1_000)
    if (this.#tracing !== null) traceDecision(this.#tracing, event, message)
    if (isChange) logDecision(this.#log, event, message)
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
  if (state.pause === null && state.staleSince === null) log.info(fields, 'entries are allowed')
  else log.warn(fields, 'entries are blocked')
}
