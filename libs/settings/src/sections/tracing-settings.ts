import { choice, flag, fraction, optionalText, type Values } from './setting.ts'

/** With the names of OpenTelemetry, whose SDK reads further variables itself. */
export const tracingSettings = {
  endpoint: optionalText(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'Where spans are sent, as OTLP over HTTP in JSON; switches tracing on.',
    'an address like "http://127.0.0.1:4318"',
    'tracing is off',
  ),
  tracesEndpoint: optionalText(
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    'The same for traces only, with the path.',
    'an address like "http://127.0.0.1:4318/v1/traces"',
    'the one for all signals',
  ),
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
  sampler: optionalText(
    'OTEL_TRACES_SAMPLER',
    'An SDK sampler for ticks without a trace.',
    'a name like "parentbased_always_on"',
    'the ratio below',
  ),
  ratio: fraction({
    file: null,
    variable: 'OTEL_TRACES_SAMPLER_ARG',
    about: 'The share of ticks without a trace that get a sampled one.',
    fallback: 0.01,
  }),
  serviceName: optionalText('OTEL_SERVICE_NAME', 'The name in the traces.', 'a name', "the service's own"),
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
