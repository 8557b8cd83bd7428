/** Attributes of spans, by the semantic conventions of OpenTelemetry for messaging; spelled here and nowhere else. */
export const spanAttributes = {
  system: 'messaging.system',
  operationName: 'messaging.operation.name',
  operationType: 'messaging.operation.type',
  destination: 'messaging.destination.name',
  /** The destination without the trader. */
  destinationTemplate: 'messaging.destination.template',
  consumerGroup: 'messaging.consumer.group.name',
  messageId: 'messaging.message.id',
  bodySize: 'messaging.message.body.size',
  batchCount: 'messaging.batch.message_count',
  errorType: 'error.type',
  /** Not part of the conventions. */
  trader: 'drawbridge.trader_id',
  inputSeq: 'drawbridge.input.sequence',
  eventSeq: 'drawbridge.event.sequence',
  eventType: 'drawbridge.event.type',
  version: 'drawbridge.event.version',
} as const

export type SpanAttribute = (typeof spanAttributes)[keyof typeof spanAttributes]
export type SpanAttributes = Readonly<Partial<Record<SpanAttribute, string | number>>>

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
