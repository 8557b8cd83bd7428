import { toJsonBytes } from '@drawbridge/contracts'
import { expect, test } from 'vitest'
import { OriginalMetrics } from '../../src/telemetry/original-metrics.ts'

const report = (instance: string, name: string, value: number, more: object = {}) =>
  toJsonBytes({ instance, name, samples: [{ labels: { trader_id: 'bot1' }, value, ...more }] })
const values = (metrics: OriginalMetrics, name: Parameters<OriginalMetrics['samplesOf']>[0], now: number) =>
  [...metrics.samplesOf(name, now)].map(({ metricName, labels, value }) => [metricName ?? name, labels, value])
const BOT1 = { trader_id: 'bot1' }

test('counts of several processes are added up; of a gauge the newest counts', () => {
  const metrics = new OriginalMetrics()
  metrics.take(report('guardian-1', 'risk_limit_breaches_total', 2), 0)
  metrics.take(report('guardian-2', 'risk_limit_breaches_total', 3), 1)
  metrics.take(report('guardian-2', 'risk_daily_pnl', -150), 2)
  metrics.take(report('guardian-1', 'risk_daily_pnl', -170), 3)

  expect(values(metrics, 'risk_limit_breaches_total', 4)).toEqual([['risk_limit_breaches_total', BOT1, 5]])
  expect(values(metrics, 'risk_daily_pnl', 4)).toEqual([['risk_daily_pnl', BOT1, -170]])
  expect(values(metrics, 'risk_drawdown', 4)).toEqual([])
})

test('parts of a histogram are added up each for itself', () => {
  const metrics = new OriginalMetrics()
  for (const [instance, count] of [
    ['persister-1', 4],
    ['persister-2', 1],
  ] as const) {
    const part = { metricName: 'risk_persist_latency_ms_count' }
    metrics.take(report(instance, 'risk_persist_latency_ms', count, part), 0)
  }

  expect(values(metrics, 'risk_persist_latency_ms', 1)).toEqual([['risk_persist_latency_ms_count', BOT1, 5]])
})

test('what a process said is forgotten when it has said nothing for 10 s', () => {
  const metrics = new OriginalMetrics()
  metrics.take(report('guardian-1', 'risk_daily_pnl', 1), 0)
  metrics.take(report('guardian-2', 'risk_drawdown', 2), 9_000)

  expect(values(metrics, 'risk_daily_pnl', 10_000)).toHaveLength(1)
  expect(values(metrics, 'risk_daily_pnl', 10_001)).toEqual([])
  expect(values(metrics, 'risk_drawdown', 10_001)).toHaveLength(1)
})

test.each([
  ['what is no JSON', new Uint8Array([1, 2])],
  ['a metric that is not of the original', report('a', 'guardian_turn', 1)],
  [
    'a value that is no number',
    toJsonBytes({ instance: 'a', name: 'risk_daily_pnl', samples: [{ labels: {}, value: 'x' }] }),
  ],
  ['no samples', toJsonBytes({ instance: 'a', name: 'risk_daily_pnl' })],
  [
    'a label that is none',
    toJsonBytes({ instance: 'a', name: 'risk_daily_pnl', samples: [{ labels: { a: {} }, value: 1 }] }),
  ],
])('%s is left out', (_what, data) => {
  const metrics = new OriginalMetrics()
  metrics.take(data, 0)
  expect(values(metrics, 'risk_daily_pnl', 0)).toEqual([])
})

test('no more processes than 100 are kept', () => {
  const metrics = new OriginalMetrics()
  for (let index = 0; index < 150; index += 1) metrics.take(report(`p${index}`, 'risk_limit_breaches_total', 1), 0)

  expect(values(metrics, 'risk_limit_breaches_total', 0)).toEqual([['risk_limit_breaches_total', BOT1, 100]])
})
