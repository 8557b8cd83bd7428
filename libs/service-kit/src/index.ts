export { aborted } from './aborted.ts'
export {
  ACKNOWLEDGE_PATH,
  type AcknowledgeGrant,
  acknowledgeLink,
  readAcknowledgeLink,
} from './acknowledge-link.ts'
export { bindOnce, useOf } from './bind-risk-log.ts'
export {
  type ConfigurationInForce,
  type Difference,
  differencesOf,
  type SettingsChange,
  settingsChange,
} from './configuration-differences.ts'
export { APPLY, differenceInWords, differenceTable, TO_APPLY, valueInWords } from './difference-in-words.ts'
export { traderInPath } from './http/bot-access.ts'
export { HttpFault } from './http/errors.ts'
export { createHttpServer, listen, serveHttp } from './http/http-server.ts'
export type { HttpServer } from './http/typed-server.ts'
export { Lifecycle, runService, STOP_WITHIN_MS } from './lifecycle.ts'
export { listenError } from './listen-error.ts'
export { createLogger, type Logger, logLines } from './log.ts'
export { createPool, databaseAddress, inTransaction } from './postgres.ts'
export { type KnownLog, PROVISION, provision } from './provision.ts'
export { Readiness } from './readiness.ts'
export { isCut, Rejects } from './rejects.ts'
export { readRemovedInputs, removedEventOf } from './removed-inputs.ts'
export { SMALL_HEAP } from './small-heap.ts'
export {
  catalogue,
  catalogueByService,
  type GaugeName,
  metricNamed,
} from './telemetry/catalogue.ts'
export type { MetricDefinition } from './telemetry/metric-definition.ts'
export { MetricRegistry } from './telemetry/metric-registry.ts'
export { newTraceparent } from './telemetry/new-traceparent.ts'
export { OriginalMetrics, reportOriginalMetrics } from './telemetry/original-metrics.ts'
export { openServiceTracing } from './telemetry/service-tracing.ts'
export { spanAttributes, type TracedStep, type Tracing } from './telemetry/tracing.ts'
export { type Count, type CountBy, type Distribution, samplesOf } from './telemetry/values.ts'
export { watchLinks } from './telemetry/watch-links.ts'
