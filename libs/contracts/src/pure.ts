/**
 * What needs no schemas: the rules import nothing else, so that they also run in a browser. Types of messages are told by
 * `index.ts`, which has all of this, too.
 */
export {
  type Access,
  accessOf,
  accessOfBot,
  accessOfOperator,
  accessOfTelegram,
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
export type { Correction, FlagsChange, GlobalLimitsChange, TraderControl } from './commands.ts'
export type {
  ConfigEvent,
  FlagsBefore,
  FlagsEvent,
  LimitsBefore,
  LimitsEvent,
  PendingChange,
} from './config-event.ts'
export type { Check } from './field-faults.ts'
export { ADOPTER, headerNames, isSampled, traceContextOf, traceField, traceIdOf } from './headers.ts'
export { type Holder, limitHolder, limitOfHolder, operatorHolder } from './holder.ts'
export { formatInstant, type Instant, parseInstant } from './instant.ts'
export { parseJson, toJsonBytes } from './json.ts'
export type {
  LimitDefinition,
  LimitEnd,
  LimitSize,
  PercentageBase,
  Profit,
  TestedValue,
  Tier,
  TierAction,
  Window,
} from './limit-definition.ts'
export {
  defineLimit,
  LIMITS_OF_TRADER_MAX,
  type LimitDefaults,
  mergeNamedLimits,
  type NamedLimits,
  namedLimits,
  parameterLoosens,
} from './limit-definitions.ts'
export type { LimitName } from './limit-name.ts'
export { LIMIT_PARAMETERS, type LimitParameters } from './limit-parameters.ts'
export { limitWarnings } from './limit-warnings.ts'
export {
  bothForms,
  DEFAULT_LIMITS,
  LIMITS,
  type LimitOverrides,
  type Limits,
  type LimitsMessage,
  limitsToMessage,
  mergeLimits,
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
export { nearestId, nearestName, unknownField } from './names.ts'
export {
  type Acknowledgement,
  type AcknowledgementRecord,
  type ChannelHealth,
  type Delivery,
  type FaultyTask,
  isOfEvent,
  NOTICE_KINDS,
  type Notice,
  type NoticeFacts,
  type NoticeKind,
  type Round,
  roundToken,
  SEVERITIES,
  type Severity,
  type Telling,
  tellingId,
  traderToken,
} from './notice.ts'
export { decodeNotifyCommand, type NotifyCommand } from './notify-command.ts'
export { type EscalationStep, isRouted, LANGUAGES, type Language, type QuietHours, type Route } from './notify-rules.ts'
export { MINUTES_A_DAY, type OpenMinutes, type OpenWeek, openWeek } from './opening-hours.ts'
export { inWords, type Parsed, parsed, printable, type Refused, refused, total } from './parsed.ts'
export { ALL_HOLDER, type PauseOfAll } from './pause-all.ts'
export type { ReferenceValue } from './references/reference-kind.ts'
export { REFERENCE_KINDS, type Reference } from './references/reference-kinds.ts'
export {
  type AccountPeriod,
  type Budget,
  type DayResults,
  type Doubt,
  type Fact,
  FLOWS_REMEMBERED,
  type FlowMemory,
  HOLDS_MAX,
  type Hold,
  type HoldAction,
  type LateTicks,
  type LimitMemory,
  type LimitState,
  measuresOf,
  NO_DOUBT,
  type NonZero,
  type Pause,
  type PendingReading,
  percentOf,
  type Reading,
  type RejectionCause,
  type RiskEvent,
  type TradeCounts,
  type TraderState,
  testedIn,
  type Undo,
} from './risk-event.ts'
export type { Sessions } from './sessions.ts'
export { byBadness, isAtLeast, SEVERITY_OF, worstSeverityOf } from './severity.ts'
export { SILENCE_DAYS_MAX, SILENCES_MAX, type Silence, silenceInWords } from './silence.ts'
export {
  type DoubtCode,
  pauseReason,
  STANDING_CODES,
  type Standing,
  type StandingCode,
  standingOf,
} from './standing.ts'
export {
  durables,
  INPUT_IDS_KNOWN_MS,
  jetStreamApi,
  notifierStreamSettings,
  notifierStreams,
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
  type OperatorCommand,
  parseEventSubject,
  parseInputSubject,
  parseTraderId,
  RESERVED_TRADER_IDS,
  stored,
  subjects,
  TELEGRAM_USER,
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
  tickFromMessage,
  tradesOfUnreadable,
} from './tick.ts'
export { parseTickAmount } from './tick-amount.ts'
export { EARLIER_RUNS_MAX, type TickSequence } from './tick-sequence.ts'
export {
  type Consistency,
  type MaxLosingTrades,
  type MaxTrades,
  type ProfitTarget,
  TRADES_REMEMBERED,
} from './trade-limits.ts'
export { UNSAID_PARAMETERS } from './unsaid-parameters.ts'
