export { bindOnce, type LogUse, useOf } from './bind-risk-log.ts'
export { differenceInWords, differencesOf } from './configuration-differences.ts'
export { databaseAddress, readDatabaseUrl } from './database-address.ts'
export type { Access } from './http/access.ts'
export { createHttpServer } from './http/create-http-server.ts'
export { errorBody, HttpFault } from './http/errors.ts'
export type { HttpServer, HttpServerOptions } from './http/http-server.ts'
export { listen } from './http/listen.ts'
export { Lifecycle, runService, STOP_WITHIN_MS } from './lifecycle.ts'
export { createLogger, type Logger } from './log.ts'
export { createPool, inTransaction } from './postgres.ts'
export { type KnownLog, PROVISION, type Provisioned, provision } from './provision.ts'
export { Readiness, type ReadinessCheck } from './readiness.ts'
export { isCut, type RejectedMessage, Rejects } from './rejects.ts'
export { readRemovedInputs, removedEventOf } from './removed-inputs.ts'
export { SMALL_HEAP } from './small-heap.ts'
export {
  type CounterName,
  catalogue,
  catalogueByService,
  type GaugeName,
  type HistogramName,
  type MetricName,
  metricNamed,
} from './telemetry/catalogue.ts'
export { samplesOf } from './telemetry/collected-metric.ts'
export type { Count, CountBy } from './telemetry/count.ts'
export type { Distribution } from './telemetry/distribution.ts'
export type { Level } from './telemetry/level.ts'
export { type SpanAttributes, spanAttributes } from './telemetry/messaging-attributes.ts'
export type { MetricDefinition } from './telemetry/metric-definition.ts'
export { MetricRegistry } from './telemetry/metric-registry.ts'
export { OriginalMetrics, reportOriginalMetrics } from './telemetry/original-metrics.ts'
export { openServiceTracing } from './telemetry/service-tracing.ts'
export type { Step, TracedStep, Tracing } from './telemetry/tracing.ts'
export { watchLinks } from './telemetry/watch-links.ts'
