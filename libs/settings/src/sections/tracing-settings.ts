import { choice, flag, fraction, text, type Values } from './setting.ts'

/** With the names of OpenTelemetry, whose SDK reads further variables itself. */
export const tracingSettings = {
  endpoint: text<string | null>({
    file: null,
    variable: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    about: 'Where spans are sent, as OTLP over HTTP in JSON; switches tracing on.',
    must: 'an address like "http://127.0.0.1:4318"',
    fallback: null,
    fallbackWords: 'tracing is off',
  }),
  tracesEndpoint: text<string | null>({
    file: null,
    variable: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    about: 'The same for traces only, with the path.',
    must: 'an address like "http://127.0.0.1:4318/v1/traces"',
    fallback: null,
    fallbackWords: 'the one for all signals',
  }),
  exporter: choice<string | null>({
    file: null,
    variable: 'OTEL_TRACES_EXPORTER',
    about: '`otlp` switches tracing on without an endpoint, `none` switches it off.',
    choices: ['otlp', 'none'],
    fallback: null,
    fallbackWords: 'on if an endpoint is set',
  }),
  disabled: flag({ file: null, variable: 'OTEL_SDK_DISABLED', about: 'Switches tracing off.', fallback: false }),
  protocol: choice({
    file: null,
    variable: 'OTEL_EXPORTER_OTLP_PROTOCOL',
    about: 'The only supported protocol.',
    choices: ['http/json'],
    fallback: 'http/json',
  }),
  tracesProtocol: choice({
    file: null,
    variable: 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    about: 'The same for traces only.',
    choices: ['http/json'],
    fallback: 'http/json',
  }),
  sampler: text<string | null>({
    file: null,
    variable: 'OTEL_TRACES_SAMPLER',
    about: 'An SDK sampler for ticks without a trace.',
    must: 'a name like "parentbased_always_on"',
    fallback: null,
    fallbackWords: 'the ratio below',
  }),
  ratio: fraction({
    file: null,
    variable: 'OTEL_TRACES_SAMPLER_ARG',
    about: 'The share of ticks without a trace that get a sampled one.',
    fallback: 0.01,
  }),
  serviceName: text<string | null>({
    file: null,
    variable: 'OTEL_SERVICE_NAME',
    about: 'The name in the traces.',
    must: 'a name',
    fallback: null,
    fallbackWords: "the service's own",
  }),
} as const

export interface TracingSettings {
  /** Null: the service's own name. */
  readonly serviceName: string | null
  /** The share of traces begun here that are sampled, 0 to 1; null: OTEL_TRACES_SAMPLER decides. */
  readonly ratio: number | null
}

/** Null: off, the default unless an endpoint or OTEL_TRACES_EXPORTER=otlp is set. */
export function tracingOf(settings: Values<typeof tracingSettings>): TracingSettings | null {
  const { disabled, exporter, endpoint, tracesEndpoint, serviceName, sampler } = settings
  const isAsked = exporter === 'otlp' || endpoint !== null || tracesEndpoint !== null
  if (disabled || exporter === 'none' || !isAsked) return null
  return { serviceName, ratio: sampler === null ? settings.ratio : null }
}
