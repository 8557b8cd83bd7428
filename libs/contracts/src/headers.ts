/** Headers of Drawbridge's messages; nothing else in the code spells one. */
export const headerNames = {
  /** W3C trace context, carried from the tick to its event. */
  traceparent: 'traceparent',
  /** On risk events: every input up to this stream sequence is decided and stored. */
  settled: 'Drawbridge-Settled',
  /** On risk events: which guardian published. */
  guardian: 'Drawbridge-Guardian',
  /** On rejects: why, and where the message came from. */
  rejectReason: 'Drawbridge-Reject-Reason',
  rejectSubject: 'Drawbridge-Reject-Subject',
  rejectSequence: 'Drawbridge-Reject-Sequence',
  expectedLastSequence: 'Nats-Expected-Last-Sequence',
  expectedLastSubjectSequence: 'Nats-Expected-Last-Subject-Sequence',
  expectedLastSubjectSequenceSubject: 'Nats-Expected-Last-Subject-Sequence-Subject',
  messageId: 'Nats-Msg-Id',
} as const

const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/

/** The trace id of a `traceparent`, or null where there is none that is valid. */
export function traceIdOf(traceparent: string): string | null {
  return TRACEPARENT.exec(traceparent)?.[1] ?? null
}
