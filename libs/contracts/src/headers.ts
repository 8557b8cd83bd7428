/** Named in the header `guardian` of an event that was carried over from a log that is lost. */
export const ADOPTER = 'adopt-log'

/** Headers of Drawbridge's messages, spelled only here. */
export const headerNames = {
  /** W3C trace context, carried from the tick to its event. */
  traceparent: 'traceparent',
  /** On risk events, the watermark: every input up to this stream sequence is decided and its event stored. */
  settled: 'Drawbridge-Settled',
  /** On risk events: the guardian that published it. */
  guardian: 'Drawbridge-Guardian',
  /** On answers about the newest event: when its risk log was created. */
  log: 'Drawbridge-Log',
  /** On these answers: when the logs were created that this one continues, separated by commas. */
  logContinues: 'Drawbridge-Log-Continues',
  /** On these answers: the sequence of an input is that of the stream INPUTS plus this. */
  inputsOffset: 'Drawbridge-Inputs-Offset',
  /** On republished messages, and on answers about the newest event: where the message is stored. */
  streamName: 'Nats-Stream',
  storedSubject: 'Nats-Subject',
  storedSequence: 'Nats-Sequence',
  storedTime: 'Nats-Time-Stamp',
  /** On dead letters: the reason, and where the message came from. */
  rejectReason: 'Drawbridge-Reject-Reason',
  rejectSubject: 'Drawbridge-Reject-Subject',
  rejectSequence: 'Drawbridge-Reject-Sequence',
  /** On an input that resends a dead letter: the sequence of the dead letter in REJECTS. */
  retryOf: 'Drawbridge-Retry-Of',
  expectedLastSequence: 'Nats-Expected-Last-Sequence',
  expectedLastSubjectSequence: 'Nats-Expected-Last-Subject-Sequence',
  expectedLastSubjectSequenceSubject: 'Nats-Expected-Last-Subject-Sequence-Subject',
  /** On the messages of a batch: the stream stores all of them, or none. */
  batchId: 'Nats-Batch-Id',
  batchSequence: 'Nats-Batch-Sequence',
  batchCommit: 'Nats-Batch-Commit',
  messageId: 'Nats-Msg-Id',
  /** On a message that is delivered without its payload: the length of the payload. */
  messageSize: 'Nats-Msg-Size',
} as const

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
/** An id of zeros is invalid. */
const NOTHING = /^0+$/
const TRACE_ID_AT = 3
const TRACE_ID_END = 35
const FLAGS_AT = 53
const SAMPLED = 1

/** The trace id of a `traceparent`; null if it is missing or invalid. */
export function traceIdOf(traceparent: string): string | null {
  return TRACEPARENT.test(traceparent) ? traceparent.slice(TRACE_ID_AT, TRACE_ID_END) : null
}

/** Whether the trace is sampled; false without a trace. */
export function isSampled(traceparent: string): boolean {
  return (Number.parseInt(traceparent.slice(FLAGS_AT), 16) & SAMPLED) === SAMPLED
}

/** The parts of a `traceparent`; null if it is missing or invalid. */
export function traceContextOf(traceparent: string) {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return null
  if (NOTHING.test(traceId) || NOTHING.test(spanId)) return null
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & SAMPLED }
}

/** The log field with the trace id; empty without a trace. */
export function traceField(traceparent: string): { readonly trace_id?: string } {
  const traceId = traceIdOf(traceparent)
  return traceId === null ? {} : { trace_id: traceId }
}
