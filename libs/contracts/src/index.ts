export {
  type Access,
  accessOf,
  accessOfBot,
  accessOfOperator,
  inboxPrefixes,
  NATS_USERS,
  type NatsUser,
} from './access.ts'
export {
  AMOUNT_BOUND,
  AMOUNT_SCALE,
  type Amount,
  describe,
  formatAmount,
  HUNDRED_PERCENT,
  parseAmount,
} from './amount.ts'
export { checkAmountDigits } from './amount-digits.ts'
export { ANYBODY_BY_HTTP, type Author, authorOf, type Signer, UNVERIFIED } from './author.ts'
export { CLOSED_TRADES_MAX, type ClosedTrade } from './closed-trades.ts'
export {
  type ConfigEvent,
  decodeConfigEvent,
  encodeConfigEvent,
  type FlagsBefore,
  type FlagsEvent,
  type LimitsBefore,
  type LimitsEvent,
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
  ResumeSchema,
  signedBy,
  type TraderControl,
  TraderLimitsSchema,
} from './control.ts'
export { type DocumentedName, documentedSchemas, FactSchema } from './documented-schemas.ts'
export { type Check, compileCheck, nearestName, unknownField } from './faults.ts'
export {
  type AttemptNote,
  DEFAULT_LEASE_MS,
  decodeAttemptNote,
  decodeHeartbeat,
  encodeAttemptNote,
  encodeHeartbeat,
  HEARTBEAT_INTERVAL_MS,
  type Heartbeat,
} from './guardian-messages.ts'
export { headerNames, isSampled, traceContextOf, traceField, traceIdOf } from './headers.ts'
export { formatInstant, type Instant, parseInstant } from './instant.ts'
export { parseJson, toJsonBytes } from './json.ts'
export { limitWarnings } from './limit-warnings.ts'
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
export {
  decodeRemoved,
  decodeSettled,
  encodeRemoved,
  encodeSettled,
  type RemovedEvent,
  type SettledEvent,
} from './log-events.ts'
export { inWords, type Parsed, parsed, printable, type Refused, refused, total } from './parsed.ts'
export {
  type Fact,
  type Hold,
  type Holder,
  measuresOf,
  type Pause,
  percentOf,
  type RejectionCause,
  type RiskEvent,
  type Rule,
  type TraderState,
} from './risk-event.ts'
export {
  decodeRiskEvent,
  decodeRiskEventMessage,
  encodeRiskEvent,
  pauseReason,
  type RiskEventMessage,
  riskEventOfMessage,
  riskEventToMessage,
} from './risk-event-wire.ts'
export { EVENT_SCHEMA } from './schema-fields.ts'
export {
  durables,
  INPUT_IDS_KNOWN_MS,
  jetStreamApi,
  queueGroups,
  type StreamSettings,
  streamSettings,
  streams,
} from './streams.ts'
export {
  CONFIG_EVENT_KINDS,
  type ConfigEventKind,
  type EventAddress,
  HTTP_USER,
  type InputAddress,
  isConfiguration,
  OPERATOR_COMMANDS,
  parseEventSubject,
  parseInputSubject,
  parseTraderId,
  RESERVED_TRADER_IDS,
  stored,
  subjects,
  TRADER_COMMANDS,
  TRADER_EVENT_TYPES,
  TRADER_ID_PATTERN,
  type TraderCommand,
  type TraderEventType,
  type TraderId,
} from './subjects.ts'
export {
  decodeTick,
  equityTick,
  type Tick,
  type TickFaults,
  type TickField,
  type TickMessage,
  TickSchema,
  tickFromMessage,
} from './tick.ts'
export { parseTickAmount } from './tick-amount.ts'
export { EARLIER_RUNS_MAX, type TickSequence } from './tick-sequence.ts'
