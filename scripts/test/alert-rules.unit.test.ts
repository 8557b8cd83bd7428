import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { checkAlertRules } from '../metrics/expressions.ts'
import { PROMETHEUS_FOLDER } from '../metrics/promtool.ts'

const file = (name: string) => fileURLToPath(new URL(`alert-rules/${name}`, import.meta.url))

test('rules that name what there is have no faults: series of histograms, recorded rules, and what Prometheus knows', () => {
  expect(checkAlertRules(file('good.yml'))).toEqual([])
})

test('every rule that names a metric or a label that does not exist, or is no PromQL, is told', () => {
  expect(checkAlertRules(file('bad.yml'))).toEqual([
    'NoSuchMetric: metric risk_limit_breach_total not found; docs/metrics.md lists all',
    'NoSuchLabel: metric risk_trading_paused has no label trader; it has trader_id',
    'NoLabelToGroupBy: no metric has the label trader',
    'NoLabelToGroupBy: no metric has the label trader_name',
    'NoPartOfTheHistogram: metric guardian_tick_to_decision_seconds not found; docs/metrics.md lists all',
    'NoHistogram: metric persister_lag_events_bucket not found; docs/metrics.md lists all',
    'NoPromQL: expr is not valid PromQL at character 25',
    'NoExpression: has no expr',
    "NoName: a selector without a metric's name cannot be checked",
  ])
})

test('a file without rules is a fault: it would check nothing', () => {
  expect(checkAlertRules(file('empty.yml'))).toHaveLength(1)
})

test('our own rules name what there is', () => {
  expect(checkAlertRules(path.join(PROMETHEUS_FOLDER, 'alerts.yml'))).toEqual([])
})
