import type { RiskEvent } from '@drawbridge/contracts'
import { spanAttributes, type TracedStep, type Tracing } from '@drawbridge/service-kit'
import type { LogMessage } from './core/read-input.ts'

/**
 * Goes on with the trace of an input: a span from when it was read until its event is stored.
 * @param readAt of `performance.now()`
 * @returns null where the input's trace is not sampled.
 */
export function traceDecision(
  tracing: Tracing,
  { subject, seq, traceparent }: LogMessage,
  { type, trader, state }: RiskEvent,
  readAt: number,
): TracedStep | null {
  return tracing.follow(traceparent, {
    operation: 'process',
    template: subject.endsWith(`.${trader}`) ? `${subject.slice(0, -trader.length)}{trader}` : subject,
    subject,
    startedAt: performance.timeOrigin + readAt,
    attributes: {
      [spanAttributes.trader]: trader,
      [spanAttributes.inputSeq]: seq,
      [spanAttributes.eventType]: type,
      [spanAttributes.version]: state.version,
    },
  })
}
