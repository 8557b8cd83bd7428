import {
  type DocumentedName,
  headerNames,
  RESERVED_TRADER_IDS,
  streams,
  subjects,
  TRADER_EVENT_TYPES,
  TRADER_ID_PATTERN,
  type TraderEventType,
} from '@drawbridge/contracts'

/** A subject and its messages. */
export interface Channel {
  readonly address: string
  readonly description: string
  /** The stream that stores it; null: none. */
  readonly stream: string | null
  /** Null: the payload is anything. */
  readonly payload: DocumentedName | null
  readonly headers: keyof typeof headers
  /** What Drawbridge does; a bot or an operator does the other. */
  readonly action: 'send' | 'receive'
  readonly by: 'bot' | 'operator' | 'anyone' | 'guardian'
}

const trader = '{trader}'
const user = '{user}'
const type = '{type}' as TraderEventType
const { inputs, risk, rejects } = streams

/** The parts of a subject that vary. */
export const parameters = {
  trader: {
    description: `A trader id, matching ${TRADER_ID_PATTERN}; ${RESERVED_TRADER_IDS.join(', ')} are reserved`,
    examples: ['bot1'],
  },
  user: {
    description:
      'The NATS user who gives the command; the server refuses any other name. http: the API, which names its caller',
    examples: ['operator'],
  },
  type: { description: 'The most important thing that happened', enum: [...TRADER_EVENT_TYPES] },
  stream: { description: 'The stream that the message came from', enum: [inputs, risk] },
} as const

const event = { stream: risk, headers: 'event', action: 'send', by: 'anyone' } as const
const command = { stream: inputs, headers: 'input', action: 'receive', by: 'operator' } as const
/** Commands of clients of a server without users. */
const unverified = {
  ...command,
  description: 'The same, but nobody vouches for `by`: events say unverified:<by>',
} as const

export const channels: Readonly<Record<string, Channel>> = {
  tick: {
    address: subjects.tick(trader),
    description: 'The equity of an account. Each message causes exactly one risk event, possibly a tick-rejected',
    stream: inputs,
    payload: 'Tick',
    headers: 'input',
    action: 'receive',
    by: 'bot',
  },
  pause: {
    ...command,
    address: subjects.command(user, 'pause', trader),
    description: 'Pauses a trader; without `until` an operator must resume it',
    payload: 'Pause',
  },
  resume: {
    ...command,
    address: subjects.command(user, 'resume', trader),
    description: "Ends the author's own hold, or those that it names",
    payload: 'Resume',
  },
  traderLimits: {
    ...command,
    address: subjects.command(user, 'limits', trader),
    description: 'Changes the named limits of one trader',
    payload: 'TraderLimits',
  },
  cashFlow: {
    ...command,
    address: subjects.command(user, 'cash-flow', trader),
    description: 'Records a deposit or a withdrawal: neither a gain nor a loss',
    payload: 'CashFlow',
  },
  restart: {
    ...command,
    address: subjects.command(user, 'restart', trader),
    description: 'Begins a new account period of a trader: references, holds and counts start again',
    payload: 'Restart',
  },
  correct: {
    ...command,
    address: subjects.command(user, 'correct', trader),
    description: 'Sets what a limit is measured from, or voids the last reading',
    payload: 'Correct',
  },
  globalLimits: {
    ...command,
    address: subjects.commandLimits(user),
    description: 'Changes the named limits: defaults of all traders, limits by trader, the bound on traders',
    payload: 'GlobalLimits',
  },
  flags: {
    ...command,
    address: subjects.commandFlags(user),
    description: 'Turns enforcement or persistence off or on',
    payload: 'Flags',
  },
  unverifiedPause: { ...unverified, address: subjects.control('pause', trader), payload: 'Pause' },
  unverifiedResume: { ...unverified, address: subjects.control('resume', trader), payload: 'Resume' },
  unverifiedTraderLimits: { ...unverified, address: subjects.control('limits', trader), payload: 'TraderLimits' },
  unverifiedCashFlow: { ...unverified, address: subjects.control('cash-flow', trader), payload: 'CashFlow' },
  unverifiedRestart: { ...unverified, address: subjects.control('restart', trader), payload: 'Restart' },
  unverifiedCorrect: { ...unverified, address: subjects.control('correct', trader), payload: 'Correct' },
  unverifiedGlobalLimits: { ...unverified, address: subjects.controlLimits, payload: 'GlobalLimits' },
  unverifiedFlags: { ...unverified, address: subjects.controlFlags, payload: 'Flags' },
  wake: {
    ...command,
    address: subjects.control('wake', trader),
    description: 'A timer of a guardian: time becomes an input. The payload is empty',
    payload: null,
    by: 'guardian',
  },
  riskEvent: {
    ...event,
    address: subjects.event(type, trader),
    description:
      'A decision, with the complete state after it. Plain subscriptions receive it after it is stored, at most once; a ' +
      'consumer on the stream misses none. Apply an event only if its version is greater than the one you have',
    payload: 'RiskEvent',
  },
  flagsEvent: {
    ...event,
    address: subjects.config('flags'),
    description: 'The flags in force from an input on, all of them',
    payload: 'FlagsEvent',
  },
  limitsEvent: {
    ...event,
    address: subjects.config('limits'),
    description: 'The limits in force from an input on, all of them',
    payload: 'LimitsEvent',
  },
  settledEvent: {
    ...event,
    address: subjects.config('settled'),
    description: 'The binding of the log, and the watermark: up to which input everything is decided',
    payload: 'SettledEvent',
  },
  removedEvent: {
    ...event,
    address: subjects.config('removed'),
    description: 'An admin has removed a harmful input: nobody decides it. Stored before the input is deleted',
    payload: 'RemovedEvent',
  },
  heartbeat: {
    address: subjects.heartbeat,
    description: 'A heartbeat of each guardian that keeps up, once a second. Without one for 10 s, take no exposure',
    stream: null,
    payload: 'Heartbeat',
    headers: 'none',
    action: 'send',
    by: 'anyone',
  },
  newest: {
    address: subjects.newest(trader),
    description:
      'Asks any guardian for the newest event of a trader: the body is empty, or names one type. The answer is the event as it ' +
      'is stored, or empty if none exists; its headers say where it is stored, and in which log. Without a guardian ' +
      'nobody answers. Subscribe first, then ask',
    stream: null,
    payload: null,
    headers: 'newest',
    action: 'receive',
    by: 'anyone',
  },
  reject: {
    address: subjects.rejects('{stream}'),
    description: 'A dead letter: the original bytes, with the reason in headers',
    stream: rejects,
    payload: null,
    headers: 'reject',
    action: 'send',
    by: 'anyone',
  },
  out: {
    address: subjects.out(type, trader),
    description: 'Only for guardians: the stream stores it as the risk event and republishes that',
    stream: risk,
    payload: 'RiskEvent',
    headers: 'out',
    action: 'receive',
    by: 'guardian',
  },
}

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
  [headerNames.batchId]: text(
    'On an event that was stored in a batch: the batch, whose first event has the expectation',
  ),
  [headerNames.batchSequence]: sequence('Its place in the batch, from 1'),
  [headerNames.batchCommit]: text('1 on the last event of the batch'),
}

/** Headers of NATS messages by who writes them; none is needed to send an input. Values of headers are text. */
export const headers = {
  input: {
    ...trace,
    [headerNames.retryOf]: sequence(
      'On an input that resends a dead letter: the sequence of the dead letter in REJECTS',
    ),
    [headerNames.messageId]: text(
      'Unique in the whole stream: one that is sent twice within 10 s is stored once. Random, or none: never a bare counter',
    ),
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
    [headerNames.inputsOffset]: text(
      'On the answer: what to add to a sequence of INPUTS for its `inputSeq`; absent where 0',
    ),
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
