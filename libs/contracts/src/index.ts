export {
  type Access,
  accessOf,
  accessOfBot,
  accessOfOperator,
  inboxPrefixes,
  NATS_USERS,
  type NatsUser,
} from './access.ts'
export { AMOUNT_DECIMALS, AMOUNT_SCALE, type Amount, describe, formatAmount, parseAmount } from './amount.ts'
export { checkAmountDigits } from './amount-digits.ts'
export { type AttemptNote, decodeAttemptNote, encodeAttemptNote } from './attempt-note.ts'
export { ANYBODY_BY_HTTP, type Author, authorOf, type Signer, UNVERIFIED } from './author.ts'
export {
  type ConfigEvent,
  decodeConfigEvent,
  encodeConfigEvent,
  type FlagsBefore,
  type FlagsEvent,
  FlagsEventSchema,
  type LimitsBefore,
  type LimitsEvent,
  LimitsEventSchema,
  type PendingChange,
} from './config-event.ts'
export {
  CashFlowSchema,
  decodeControl,
  decodeFlags,
  decodeGlobalLimits,
  type FlagsChange,
  FlagsSchema,
  type GlobalLimitsChange,
  GlobalLimitsSchema,
  PauseSchema,
  parseTraderLimits,
  ResumeSchema,
  type TraderControl,
  TraderLimitsSchema,
  WakeSchema,
} from './control.ts'
export { type DocumentedName, documentedSchemas } from './documented-schemas.ts'
export { FactSchema } from './fact-schema.ts'
export { type Check, compileCheck, nearestName, unknownField } from './faults.ts'
export { headerNames, isSampled, traceContextOf, traceField, traceIdOf } from './headers.ts'
export {
  DEFAULT_LEASE_MS,
  decodeHeartbeat,
  encodeHeartbeat,
  HEARTBEAT_INTERVAL_MS,
  type Heartbeat,
  HeartbeatSchema,
} from './heartbeat.ts'
export { formatInstant, type Instant, parseInstant } from './instant.ts'
export { jetStreamApi } from './jetstream-api.ts'
export { parseJson, toJsonBytes } from './json.ts'
export {
  DEFAULT_LIMITS,
  LIMITS,
  type LimitOverrides,
  type Limits,
  type LimitsMessage,
  LimitsSchema,
  limitsToMessage,
  type PauseEnd,
  type PendingLimits,
  parseLimits,
} from './limits.ts'
export {
  damageReason,
  inputLogDamage,
  type LogDamage,
  rangesOf,
  riskLogDamage,
  type SequenceRange,
  type StreamSight,
} from './log-damage.ts'
export { type Measures, measuresOf, percentOf } from './measures.ts'
export { inWords, type Parsed, parsed, type Refused, refused, total } from './parsed.ts'
export { printable } from './printable.ts'
export { decodeRemoved, encodeRemoved, type RemovedEvent, RemovedEventSchema } from './removed-event.ts'
export {
  EVENT_SCHEMA,
  type Fact,
  type Hold,
  type Holder,
  type Pause,
  type RiskEvent,
  type Rule,
  type TraderState,
} from './risk-event.ts'
export {
  decodeRiskEvent,
  decodeRiskEventMessage,
  encodeRiskEvent,
  factToMessage,
  pauseReason,
  type RiskEventMessage,
  RiskEventSchema,
  riskEventOfMessage,
  riskEventToMessage,
  StateSchema,
} from './risk-event-wire.ts'
export { decodeSettled, encodeSettled, type SettledEvent, SettledEventSchema } from './settled-event.ts'
export { signedBy } from './signature.ts'
export { durables, queueGroups, type StreamSettings, streamSettings, streams } from './streams.ts'
export {
  CONFIG_EVENT_KINDS,
  type ConfigEventKind,
  type EventAddress,
  HTTP_USER,
  type InputAddress,
  isConfiguration,
  isUserName,
  OPERATOR_COMMANDS,
  type OperatorCommand,
  parseEventSubject,
  parseInputSubject,
  stored,
  subjects,
  TRADER_COMMANDS,
  TRADER_EVENT_TYPES,
  type TraderCommand,
  type TraderEventType,
} from './subjects.ts'
export { decodeTick, type Tick, type TickMessage, TickSchema, tickFromMessage } from './tick.ts'
export { parseTraderId, RESERVED_TRADER_IDS, TRADER_ID_PATTERN, type TraderId } from './trader-id.ts'
