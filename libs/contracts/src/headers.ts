/** Headers of Drawbridge's messages; nothing else in the code spells one. */
export const headerNames = {
  /** W3C trace context, carried from the tick to its event. */
  traceparent: 'traceparent',
  /** On risk events: every input up to this stream sequence is decided and stored. */
  settled: 'Drawbridge-Settled',
  /** On risk events: which guardian published. */
  guardian: 'Drawbridge-Guardian',
  /** On answers about the newest event: when the risk log was created that it is of. */
  log: 'Drawbridge-Log',
  /** On these answers: when the logs were created that this one continues, separated by commas. */
  logContinues: 'Drawbridge-Log-Continues',
  /** On what a stream republishes, and on answers about the newest event: where the message lies. */
  streamName: 'Nats-Stream',
  storedSubject: 'Nats-Subject',
  storedSequence: 'Nats-Sequence',
  storedTime: 'Nats-Time-Stamp',
  /** On rejects: why, and where the message came from. */
  rejectReason: 'Drawbridge-Reject-Reason',
  rejectSubject: 'Drawbridge-Reject-Subject',
  rejectSequence: 'Drawbridge-Reject-Sequence',
  /** On an input that a dead letter was sent again as: its sequence in REJECTS. */
  retryOf: 'Drawbridge-Retry-Of',
  expectedLastSequence: 'Nats-Expected-Last-Sequence',
  expectedLastSubjectSequence: 'Nats-Expected-Last-Subject-Sequence',
  expectedLastSubjectSequenceSubject: 'Nats-Expected-Last-Subject-Sequence-Subject',
  messageId: 'Nats-Msg-Id',
  /** On a message that a consumer brings without its payload: how long that is. */
  messageSize: 'Nats-Msg-Size',
} as const

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
/** An id of zeros is none. */
const NOTHING = /^0+$/
const TRACE_ID_AT = 3
const TRACE_ID_END = 35
const FLAGS_AT = 53
const SAMPLED = 1

/** The trace id of a `traceparent`, or null where there is none that is valid. */
export function traceIdOf(traceparent: string): string | null {
  return TRACEPARENT.test(traceparent) ? traceparent.slice(TRACE_ID_AT, TRACE_ID_END) : null
}

/** Whether whoever began the trace wants it to be recorded; false where there is none. */
export function isSampled(traceparent: string): boolean {
  return (Number.parseInt(traceparent.slice(FLAGS_AT), 16) & SAMPLED) === SAMPLED
}

/** What a `traceparent` says, or null where there is none that is valid. */
export function traceContextOf(traceparent: string) {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return null
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return null
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & SAMPLED }
}

/** The field of a log line that tells which trace it belongs to; none where there is no trace. */
export function traceField(traceparent: string): { readonly trace_id?: string } {
  const traceId = traceIdOf(traceparent)
  return traceId === null ? {} : { trace_id: traceId }
}
