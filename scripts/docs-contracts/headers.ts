import { headerNames } from '@drawbridge/contracts'

const text = (description: string) => ({ type: 'string', description })
const sequence = (description: string) => ({ type: 'string', pattern: '^[0-9]+$', description })

const trace = { [headerNames.traceparent]: text('W3C trace context, copied from the input to its event') }
const written = {
  [headerNames.settled]: sequence(
    'The watermark: every input up to this sequence of INPUTS is decided and its event stored',
  ),
  [headerNames.guardian]: text('The guardian that published the event'),
  [headerNames.expectedLastSubjectSequence]: sequence('The expectation with which the stream stored the event'),
  [headerNames.expectedLastSubjectSequenceSubject]: text('The subject of that expectation'),
}

/** Headers of NATS messages by who writes them; none is needed to send an input. Values of headers are text. */
export const headers = {
  input: {
    ...trace,
    [headerNames.retryOf]: sequence(
      'On an input that resends a dead letter: the sequence of the dead letter in REJECTS',
    ),
    [headerNames.messageId]: text('Unique for the message: one that is sent twice within 2 minutes is stored once'),
  },
  event: {
    ...trace,
    ...written,
    [headerNames.storedSequence]: sequence('On a plain subscription: where in RISK the event is stored'),
    [headerNames.streamName]: text('On a plain subscription: the stream that stored it'),
  },
  newest: {
    [headerNames.log]: text('On the answer: when the risk log was created that it is of'),
    [headerNames.logContinues]: text('On the answer: when the logs were created that this one continues, with commas'),
    [headerNames.storedSubject]: text('On the answer: the subject of the event'),
    [headerNames.storedSequence]: sequence('On the answer: where in RISK the event is stored'),
    [headerNames.storedTime]: text('On the answer: when the event was stored'),
  },
  out: { ...trace, ...written },
  reject: {
    ...trace,
    [headerNames.rejectReason]: text('Why it was rejected'),
    [headerNames.rejectSubject]: text('The subject that the message came from'),
    [headerNames.rejectSequence]: sequence('Its stream sequence there'),
    [headerNames.messageId]: text('The stream and the sequence that it came from'),
  },
  none: {},
} as const
