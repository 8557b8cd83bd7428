// What a bot's own process needs too stands by itself in nats-kit; services have it from here.
export {
  apiErrorCode,
  Backoff,
  ConnectionWatch,
  connectNats,
  type Follower,
  type FollowOptions,
  followStream,
  lastMessage,
  requireStreams,
  StreamMessage,
  StreamReading,
  untilEnded,
} from '@drawbridge/nats-kit'
export { bindOnce, type LogUse, useOf } from './bind-risk-log.ts'
export { type Config, type HttpAddress, loadConfig, type TraderConfig, type TraderSource } from './config.ts'
export { configOrExit } from './config-file.ts'
export { databaseAddress, readDatabaseUrl } from './database-address.ts'
export { BODY_LIMIT_BYTES, createHttpServer, errorBody, type HttpServer, listen } from './http.ts'
export { Lifecycle, runService } from './lifecycle.ts'
export { createLogger, type Logger } from './log.ts'
export { createPool } from './postgres.ts'
export { type KnownLog, type Provisioned, provision } from './provision.ts'
export { Readiness, type ReadinessCheck } from './readiness.ts'
export { type RejectedMessage, Rejects } from './rejects.ts'
