import { expect, test } from 'vitest'
import { consoleCatalogue } from '../../src/telemetry/catalogue.ts'
import { OriginalMetrics } from '../../src/telemetry/original-metrics.ts'

const names = Object.keys(consoleCatalogue) as (keyof typeof consoleCatalogue)[]
const counter = names.find((name) => consoleCatalogue[name].type === 'counter') as (typeof names)[number]
const gauge = names.find((name) => consoleCatalogue[name].type === 'gauge') as (typeof names)[number]
/** A report is stale after this, milliseconds. */
const STALE_MS = 10_001

const sample = (trader: string, value: number) => ({ labels: { trader_id: trader }, value })

function report(instance: string, name: string, samples: readonly object[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify({ instance, name, samples }))
}

/** As many samples as one report may have, of traders that no other chunk names. */
function chunk(index: number): object[] {
  return Array.from({ length: 2_000 }, (_, trader) => sample(`bot-${index}-${trader}`, 1))
}

function valuesOf(metrics: OriginalMetrics, name: (typeof names)[number], now: number): Record<string, number> {
  return Object.fromEntries([...metrics.samplesOf(name, now)].map(({ labels, value }) => [labels.trader_id, value]))
}

test('counts of several senders are added up, of a gauge the newest is shown', () => {
  const metrics = new OriginalMetrics()
  metrics.take(report('one', counter, [sample('bot', 2)]), 0)
  metrics.take(report('two', counter, [sample('bot', 3)]), 1)
  metrics.take(report('two', gauge, [sample('bot', 30)]), 1)
  metrics.take(report('one', gauge, [sample('bot', 20)]), 2)
  expect(valuesOf(metrics, counter, 3)).toEqual({ bot: 5 })
  expect(valuesOf(metrics, gauge, 3)).toEqual({ bot: 20 })
})

test('a sender that reports no more is forgotten', () => {
  const metrics = new OriginalMetrics()
  metrics.take(report('one', counter, [sample('bot', 2)]), 0)
  expect(valuesOf(metrics, counter, STALE_MS)).toEqual({})
})

test.each([
  ['no JSON', new TextEncoder().encode('{')],
  ['another metric', report('one', 'no_such_metric', [])],
  ['more samples than a report may have', report('one', counter, [...chunk(0), sample('bot', 1)])],
  ['a value that is no number', report('one', counter, [{ labels: {}, value: 'much' }])],
])('a report of %s is ignored', (_what, data) => {
  const metrics = new OriginalMetrics()
  metrics.take(data, 0)
  expect([...metrics.samplesOf(counter, 0)]).toEqual([])
})

test('samples beyond the bound are ignored, and there is room again when a sender is gone', () => {
  const metrics = new OriginalMetrics(4_000)
  for (let index = 0; index < 3; index += 1) metrics.take(report('flood', counter, chunk(index)), 0)
  metrics.take(report('other', counter, [sample('bot', 7)]), 0)
  const kept = valuesOf(metrics, counter, 0)
  expect(Object.keys(kept)).toHaveLength(4_000)
  expect(kept.bot).toBeUndefined()

  metrics.take(report('other', counter, [sample('bot', 7)]), STALE_MS)
  metrics.take(report('next', counter, chunk(0)), STALE_MS)
  expect(Object.keys(valuesOf(metrics, counter, STALE_MS))).toHaveLength(1 + 2_000)
})

test('no more than 100 senders are kept', () => {
  const metrics = new OriginalMetrics()
  for (let index = 0; index < 150; index += 1) metrics.take(report(`guardian-${index}`, counter, [sample('bot', 1)]), 0)
  expect(valuesOf(metrics, counter, 0)).toEqual({ bot: 100 })
})
