import type { SpanAttributes } from './messaging-attributes.ts'

/** What a service does with a message. */
export interface Step {
  /** The operation and the destination without the trader, for example `send equity.tick`. */
  readonly operation: 'send' | 'process'
  readonly template: string
  readonly subject: string
  readonly attributes: SpanAttributes
  /** Unix time, milliseconds; now if not given. */
  readonly startedAt?: number
}

/** A started span. */
export interface TracedStep {
  /** For the messages that the step causes. */
  readonly traceparent: string
  /** Call once. @param error the reason of a failure, in a word; none if it succeeded */
  end(attributes?: SpanAttributes, error?: string): void
}

/** Tracing, where it is on. A span costs as much as several decisions; so unsampled messages get none. */
export interface Tracing {
  /** Continues the trace of a message; null if that is not sampled, or the message has none. */
  follow(traceparent: string, step: Step): TracedStep | null
  /** Begins a trace. If the sampler drops it, its traceparent tells that to all later steps. */
  begin(step: Step): TracedStep
  /** Sends the remaining spans, for at most some seconds. */
  stop(): Promise<void>
}
