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
