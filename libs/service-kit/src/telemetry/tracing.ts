import type { SpanAttributes } from './messaging-attributes.ts'

/** What a service does with a message. */
export interface Step {
  /** As in `send equity.tick`: the operation, and the destination without the trader. */
  readonly operation: 'send' | 'process'
  readonly template: string
  readonly subject: string
  readonly attributes: SpanAttributes
  /** Unix time, milliseconds; now if not given. */
  readonly startedAt?: number
}

/** A span that has begun. */
export interface TracedStep {
  /** For the messages that the step causes. */
  readonly traceparent: string
  /** To be called once. @param error what it failed of, in a word; it did not if not given */
  end(attributes?: SpanAttributes, error?: string): void
}

/** Where tracing is switched on. A span costs as much as several decisions; so unsampled messages make none. */
export interface Tracing {
  /** Goes on with the trace of a message; null where that is not sampled, or the message has none. */
  follow(traceparent: string, step: Step): TracedStep | null
  /** Begins a trace, which the sampler may leave out: its traceparent then says so to all who come after. */
  begin(step: Step): TracedStep
  /** Sends what is left, for at most some seconds. */
  stop(): Promise<void>
}
