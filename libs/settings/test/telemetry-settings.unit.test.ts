import { expect, test } from 'vitest'
import { loadConfig } from '../src/config.ts'

function read(env: Readonly<Record<string, string>>) {
  const config = loadConfig(env, null)
  return config.ok ? config.value : config.reason.split('\n')
}

test('metrics are on and tracing is off unless something is set', () => {
  expect(read({})).toMatchObject({ metrics: { enabled: true, tradersMax: 200 }, tracing: null })
  expect(read({ METRICS_ENABLED: 'false', METRICS_TRADERS_MAX: '5' })).toMatchObject({
    metrics: { enabled: false, tradersMax: 5 },
  })
})

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, { ratio: 0.01 }],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:4318', OTEL_TRACES_SAMPLER_ARG: '1' }, { ratio: 1 }],
  [{ OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER_ARG: '0.5' }, { ratio: 0.5 }],
  [
    { OTEL_TRACES_EXPORTER: 'otlp', OTEL_TRACES_SAMPLER: 'always_on' },
    { ratio: null, serviceName: null },
  ],
  [
    { OTEL_TRACES_EXPORTER: 'otlp', OTEL_SERVICE_NAME: 'my-guardian' },
    { ratio: 0.01, serviceName: 'my-guardian' },
  ],
  [{ OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, null],
  [{ OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }, null],
] as const)('%j gives tracing %j', (env, tracing) => {
  expect(read(env)).toMatchObject({ tracing })
})

test('all that is wrong is told at once', () => {
  const faults = read({
    METRICS_ENABLED: 'yes',
    METRICS_TRADERS_MAX: '-1',
    OTEL_TRACES_EXPORTER: 'zipkin',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_TRACES_SAMPLER_ARG: '2',
  })
  expect(faults).toEqual([
    'METRICS_ENABLED: must be true or false, got "yes"',
    'METRICS_TRADERS_MAX: must be a whole number, 0 to 100000, got "-1"',
    'OTEL_TRACES_EXPORTER: must be one of otlp, none, got "zipkin"',
    'OTEL_EXPORTER_OTLP_PROTOCOL: must be one of http/json, got "grpc"',
    'OTEL_TRACES_SAMPLER_ARG: must be a number, 0 to 1, got "2"',
  ])
})
