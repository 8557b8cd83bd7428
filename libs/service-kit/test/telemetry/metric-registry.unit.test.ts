import type { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { metricNamed } from '../../src/telemetry/catalogue.ts'
import { MetricRegistry } from '../../src/telemetry/metric-registry.ts'

const off = () => new MetricRegistry({ enabled: false, tradersMax: 200 })

async function linesOf(registry: Registry, name: string): Promise<readonly string[]> {
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith(name))
}

test('counts, levels and gauges are told with the help and the type of the catalogue', async () => {
  const registry = new MetricRegistry()
  registry.count('guardian_rejects_total').inc(3)
  registry.level('persister_database_up').set(1)
  registry.gauge('guardian_lag_inputs', () => null)
  registry.countBy('persister_database_errors_total').inc('53300', 2)
  const text = await registry.metrics()
  expect(text).toContain(`# HELP guardian_rejects_total ${metricNamed('guardian_rejects_total')?.help}\n`)
  expect(text).toContain('# TYPE guardian_rejects_total counter\nguardian_rejects_total 3\n')
  expect(text).toContain('# TYPE persister_database_up gauge\npersister_database_up 1\n')
  expect(text).toContain('persister_database_errors_total{code="53300"} 2\n')
  expect(await linesOf(registry, 'guardian_lag_inputs')).toEqual([])
})

test('a histogram counts what does not exceed a bound into its bucket, and all that is larger into all above', async () => {
  const registry = new MetricRegistry()
  const distribution = registry.distribution('risk_check_latency_ms')
  for (const value of [0.1, 0.5, 0.51, 10_001]) distribution?.observe(value)
  distribution?.observe(2, 2)
  expect(await linesOf(registry, 'risk_check_latency_ms')).toEqual([
    'risk_check_latency_ms_bucket{le="0.5"} 2',
    'risk_check_latency_ms_bucket{le="1"} 3',
    ...[2.5, 5, 10, 25, 50, 100, 250, 1_000, 10_000].map((le) => `risk_check_latency_ms_bucket{le="${le}"} 5`),
    'risk_check_latency_ms_bucket{le="+Inf"} 6',
    'risk_check_latency_ms_sum 10006.11',
    'risk_check_latency_ms_count 6',
  ])
})

test('a metric is made once', () => {
  const registry = new MetricRegistry()
  registry.count('guardian_rejects_total')
  expect(() => registry.count('guardian_rejects_total')).toThrow(/already been registered/)
})

test('the first traders have series, the others are counted', async () => {
  const registry = new MetricRegistry({ enabled: true, tradersMax: 2 })
  const admitted = ['a', 'b', 'c', 'a', 'd', 'c'].map((trader) => registry.traders.admits(trader))
  expect(admitted).toEqual([true, true, false, true, false, false])
  expect(await linesOf(registry, 'metrics_traders_left_out')).toEqual(['metrics_traders_left_out 2'])
})

test('switched off, nothing is observed or told, and the answer says so', async () => {
  const registry = off()
  registry.watchProcess()
  registry.count('guardian_rejects_total').inc()
  expect(registry.distribution('guardian_publish_duration_seconds')).toBeNull()
  expect(await registry.metrics()).toMatch(/^# Metrics are switched off.*METRICS_ENABLED/)
})

test('the metrics of the process are those of the catalogue', async () => {
  const registry = new MetricRegistry()
  registry.watchProcess()
  const told = registry.getMetricsAsArray().map(({ name }) => name)
  expect(told).toContain('process_resident_memory_bytes')
  const types = [...(await registry.metrics()).matchAll(/^# TYPE (\S+) (\S+)$/gm)]
  expect(types).toHaveLength(told.length)
  for (const [, name = '', type] of types) expect(metricNamed(name)?.type, name).toBe(type)
})
