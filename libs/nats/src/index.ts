export {
  apiErrorCode,
  isConsumerMissing,
  isConsumersUsedUp,
  isStreamMissing,
  isWrongLastSequence,
  WRONG_LAST_SEQUENCE,
} from './api-errors.ts'
export { Backoff } from './backoff.ts'
export { AckLines } from './client-internals/ack-lines.ts'
export { rawHeader } from './client-internals/raw-header.ts'
export { type CommandDoor, commandDoor } from './command-door.ts'
export { ConnectionWatch } from './connection-watch.ts'
export { ConsumersUsedUpError, filterOf } from './create-consumer.ts'
export { eventHeaders, HeaderBlock } from './event-headers.ts'
export { findUnreadable } from './find-unreadable.ts'
export { inboxOf } from './inbox.ts'
export { lastMessage } from './last-message.ts'
export type { Logger } from './log.ts'
export { awaitStreams, connectNats, requireStreams } from './nats.ts'
export { type NatsAccess, openAccess } from './nats-access.ts'
export { isAway, untilAnswered } from './nats-away.ts'
export {
  answerNewest,
  type LogIdentity,
  type NewestAnswer,
  readNewestAnswer,
  requestedType,
  type StoredEvent,
  storedEventOf,
} from './newest-answer.ts'
export { nextMessage } from './next-message.ts'
export { Patience } from './patience.ts'
export { PullRequest } from './pull-request.ts'
export { hearPublished, isPushed } from './pushed.ts'
export { lastSeqOf, type ReadRange, readFirst, readStream } from './read-stream.ts'
export { Semaphore } from './semaphore.ts'
export { type Follower, type FollowOptions, followStream } from './stream-follower.ts'
export { StreamMessage } from './stream-message.ts'
export { StreamReading } from './stream-reading.ts'
