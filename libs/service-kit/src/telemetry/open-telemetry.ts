import { isSampled, traceContextOf } from '@drawbridge/contracts'
import type { TracingSettings } from '@drawbridge/settings'
import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import {
  ParentBasedSampler,
  type ReadableSpan,
  type SpanExporter,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace'
import { type SpanAttributes, type Step, spanAttributes, type TracedStep, type Tracing } from './tracing.ts'

/** Services stop within 10 s, with a collector or without. */
const STOP_WITHIN_MS = 3_000

/** Loaded only if tracing is on: the SDK takes longer to load than a service to start. */
export function startTracing(
  { serviceName, ratio }: TracingSettings,
  service: string,
  onExport: (error: Error | null) => void,
): Tracing {
  const sampler =
    ratio === null ? {} : { sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }) }
  const sdk = new NodeSDK({
    serviceName: serviceName ?? service,
    traceExporter: new WatchedExporter(new OTLPTraceExporter(), onExport),
    // Metrics go to Prometheus, and logs to standard output.
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
    ...sampler,
  })
  sdk.start()
  const tracer = trace.getTracer('drawbridge')

  const start = (step: Step, parent: Context): TracedStep => {
    const kind = step.operation === 'send' ? SpanKind.PRODUCER : SpanKind.CONSUMER
    const attributes = { ...messagingAttributes(step), ...step.attributes }
    const startTime = step.startedAt === undefined ? {} : { startTime: step.startedAt }
    return new Traced(
      tracer.startSpan(`${step.operation} ${step.template}`, { kind, attributes, ...startTime }, parent),
    )
  }
  return {
    follow(traceparent, step) {
      if (!isSampled(traceparent)) return null
      const context = traceContextOf(traceparent)
      if (context === null) return null
      return start(step, trace.setSpanContext(ROOT_CONTEXT, { ...context, isRemote: true }))
    },
    begin: (step) => start(step, ROOT_CONTEXT),
    async stop() {
      const late = Promise.withResolvers<void>()
      const timer = setTimeout(late.resolve, STOP_WITHIN_MS)
      await Promise.race([sdk.shutdown().catch(onExport), late.promise])
      clearTimeout(timer)
    },
  }
}

function messagingAttributes({ operation, template, subject }: Step): SpanAttributes {
  return {
    [spanAttributes.system]: 'nats',
    [spanAttributes.operationName]: operation,
    [spanAttributes.operationType]: operation,
    [spanAttributes.destination]: subject,
    [spanAttributes.destinationTemplate]: template,
  }
}

class Traced implements TracedStep {
  readonly traceparent: string
  readonly #span: Span

  constructor(span: Span) {
    const { traceId, spanId, traceFlags } = span.spanContext()
    this.traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
    this.#span = span
  }

  end(attributes: SpanAttributes = {}, error?: string): void {
    this.#span.setAttributes(attributes)
    if (error !== undefined) {
      this.#span.setAttribute(spanAttributes.errorType, error)
      this.#span.setStatus({ code: SpanStatusCode.ERROR, message: error })
    }
    this.#span.end()
  }
}

const SUCCESS = 0

/** Reports once when spans can no longer be sent, and once when they can again: the SDK itself does not. */
export class WatchedExporter implements SpanExporter {
  readonly #exporter: SpanExporter
  readonly #onChange: (error: Error | null) => void
  #failing = false

  /** @param onChange called with the reason why spans cannot be sent; null: they can again */
  constructor(exporter: SpanExporter, onChange: (error: Error | null) => void) {
    this.#exporter = exporter
    this.#onChange = onChange
  }

  export(spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void {
    this.#exporter.export(spans, (result) => {
      const failed = result.code !== SUCCESS
      if (failed !== this.#failing) this.#onChange(failed ? (result.error ?? new Error('no reason given')) : null)
      this.#failing = failed
      done(result)
    })
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown()
  }

  async forceFlush(): Promise<void> {
    await this.#exporter.forceFlush?.()
  }
}
