import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { catalogue, catalogueByService } from '../../src/telemetry/catalogue.ts'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const ORIGINAL_EIGHT = [
  'risk_daily_pnl',
  'risk_drawdown',
  'risk_trading_paused',
  'risk_limit_breaches_total',
  'risk_persistence_attempts_total',
  'risk_persistence_failures_total',
  'risk_check_latency_ms',
  'risk_persist_latency_ms',
]
const metrics = Object.entries(catalogue)
const ours = metrics.filter(([name]) => !/^(process|nodejs)_/.test(name))

test('the eight metrics of the original keep their names, by trader_id', () => {
  for (const name of ORIGINAL_EIGHT) expect(catalogue).toHaveProperty([name, 'labels'], ['trader_id'])
})

test('no name stands for two metrics, but for those that the console repeats', () => {
  const { console: repeated, ...measured } = catalogueByService
  const names = Object.values(measured).flatMap((definitions) => Object.keys(definitions))
  expect(names).toEqual(expect.arrayContaining(Object.keys(repeated)))
  expect(names).toEqual([...new Set(names)])
  expect(names.toSorted()).toEqual(Object.keys(catalogue).toSorted())
})

test.each(ours)('%s is named by the conventions of Prometheus, and says its base unit', (name, { type, unit }) => {
  expect(name).toMatch(/^[a-z]+(_[a-z0-9]+)+$/)
  expect(name.endsWith('_total')).toBe(type === 'counter')
  expect(/_seconds(_total)?$/.test(name)).toBe(unit === 'seconds')
  expect(/_bytes(_total)?$/.test(name)).toBe(unit === 'bytes')
  expect(unit === 'milliseconds').toBe(name.endsWith('_ms'))
  if (unit === 'milliseconds') expect(ORIGINAL_EIGHT).toContain(name)
})

test.each(metrics)('%s has labels of few values and ascending buckets', (name, definition) => {
  const { labels = [] } = definition
  expect(labels).not.toContain('trader')
  if (definition.type !== 'histogram') return
  expect(definition.buckets).toEqual([...new Set(definition.buckets)].toSorted((a, b) => a - b))
  expect(definition.buckets.length, name).toBeLessThanOrEqual(labels.includes('trader_id') ? 12 : 20)
})

test('nothing makes a metric beside the catalogue', () => {
  const sources = globSync(['libs/*/src/**/*.ts', 'services/*/src/**/*.ts'], { cwd: ROOT })
  expect(sources.length).toBeGreaterThan(100)
  const makers = sources.filter((source) =>
    /^import (?!type ).*'prom-client'/m.test(readFileSync(path.join(ROOT, source), 'utf8')),
  )
  expect(makers).toEqual(['libs/service-kit/src/telemetry/metric-registry.ts'])
})
