export { Backoff } from './backoff.ts'
export { AckLines } from './client-internals/ack-lines.ts'
export { rawHeader } from './client-internals/raw-header.ts'
export { type CommandDoor, commandDoor } from './command-door.ts'
export { awaitStreams, connectNats, inboxOf, requireStreams } from './connect.ts'
export { ConnectionWatch } from './connection-watch.ts'
export { ConsumersUsedUpError, filterOf } from './create-consumer.ts'
export { type NatsAccess, openAccess } from './credentials.ts'
export { type Deferred, deferred } from './deferred.ts'
export {
  isConsumerMissing,
  isConsumersUsedUp,
  isStreamMissing,
  isWrongLastSequence,
  untilAnswered,
  WRONG_LAST_SEQUENCE,
} from './errors.ts'
export { eventHeaders, HeaderBlock } from './event-headers.ts'
export type { Logger } from './log.ts'
export {
  answerNewest,
  type LogIdentity,
  type NewestAnswer,
  readNewestAnswer,
  requestedType,
  type StoredEvent,
  storedEventOf,
} from './newest-answer.ts'
export { PullRequest } from './pull-request.ts'
export { hearPublished, isPushed } from './pushed.ts'
export { lastSeqOf, type ReadRange, readFirst, readStream } from './read-stream.ts'
export { Semaphore } from './semaphore.ts'
export { findUnreadable, lastMessage, messageSince, messagesFrom, newestOfEach, nextMessage } from './stored-message.ts'
export { type Follower, type FollowOptions, followStream } from './stream-follower.ts'
export { deliveryOf, StreamMessage } from './stream-message.ts'
export { Patience, StreamReading } from './stream-reading.ts'
