export {
  decodeConfigEvent,
  encodeConfigEvent,
} from './config-event-wire.ts'
export {
  CONNECTOR_REPORT_CURRENT_FOR_MS,
  CONNECTOR_REPORT_EVERY_MS,
  type ConnectorFault,
  type ConnectorReport,
  ConnectorReportSchema,
  decodeConnectorReport,
  encodeConnectorReport,
} from './connector-report.ts'
export {
  CashFlowSchema,
  CorrectSchema,
  decodeControl,
  decodeFlags,
  decodeGlobalLimits,
  FlagsSchema,
  GlobalLimitsSchema,
  PauseSchema,
  RestartSchema,
  ResumeSchema,
  signedBy,
  TraderLimitsSchema,
} from './control.ts'
export { DocumentedLimits, type DocumentedName, documentedSchemas, FactSchema } from './documented-schemas.ts'
export { compileCheck } from './faults.ts'
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
export { LimitsSchema } from './limits-schema.ts'
export {
  decodeRemoved,
  decodeSettled,
  encodeRemoved,
  encodeSettled,
  type RemovedEvent,
  type SettledEvent,
} from './log-events.ts'
export { NATS_ADDRESSES_PATTERN, parseNatsAddresses } from './nats-address.ts'
export * from './pure.ts'
export {
  decodeRiskEvent,
  decodeRiskEventMessage,
  encodeRiskEvent,
  type RiskEventMessage,
  riskEventOfMessage,
  riskEventToMessage,
} from './risk-event-wire.ts'
export { EVENT_SCHEMA } from './schema-fields.ts'
export { RULES_OF_LINES } from './state-wire.ts'
export { type TickMessage, TickSchema } from './tick-schema.ts'
