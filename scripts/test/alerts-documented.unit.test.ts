import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { readRules } from '../metrics/expressions.ts'
import { PROMETHEUS_FOLDER } from '../metrics/promtool.ts'

interface Case {
  readonly alertname: string
  readonly exp_alerts: readonly unknown[]
}

const RUNBOOK = 'docs/runbook.md'
const PARTS = ['Impact', 'Check', 'Action']

const rules = readRules(path.join(PROMETHEUS_FOLDER, 'alerts.yml'))
const names = rules.map(({ alert }) => String(alert))
const sections = readFileSync(new URL(`../../${RUNBOOK}`, import.meta.url), 'utf8')
  .split(/^### /m)
  .slice(1)
const cases = globSync(path.join(PROMETHEUS_FOLDER, 'test/*.test.yml')).flatMap((file) => {
  const { tests } = parse(readFileSync(file, 'utf8')) as { tests: readonly { alert_rule_test: readonly Case[] }[] }
  return tests.flatMap(({ alert_rule_test }) => alert_rule_test)
})

test('there are at least 15 alerts, each with a name of its own', () => {
  expect(new Set(names).size).toBe(rules.length)
  expect(rules.length).toBeGreaterThanOrEqual(15)
})

test.each(rules)('$alert says how long, how urgent, what, and where to read on', (rule) => {
  expect(rule.for).toMatch(/^\d+[smh]$/)
  expect(['page', 'warn']).toContain(rule.labels?.severity)
  expect(rule.annotations?.summary).toMatch(/\S/)
  expect(rule.annotations?.description).toMatch(/\.$/)
  expect(rule.annotations?.runbook_url).toBe(`${RUNBOOK}#${String(rule.alert).toLowerCase()}`)
})

test('the runbook has a section for each alert in the order of the rules, and none for what is no alert', () => {
  expect(sections.map((section) => section.split('\n', 1)[0])).toEqual(names)
})

test.each(names)('the section of %s says what is felt, where to look and what to do', (name) => {
  const section = sections.find((text) => text.startsWith(`${name}\n`)) ?? ''
  for (const part of PARTS) expect(section).toContain(`\n- **${part}:** `)
})

test.each(names)('%s has a case in which it fires, and one in which it is silent', (name) => {
  const counts = cases.filter(({ alertname }) => alertname === name).map(({ exp_alerts }) => exp_alerts.length)
  expect(counts.some((count) => count > 0)).toBe(true)
  expect(counts).toContain(0)
})

test('the runbook names metrics that there are', () => {
  const metrics = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8')
  const named = sections.flatMap((section) => [
    ...section.matchAll(/\b[a-z]+(?:_[a-z0-9]+)+_(?:total|seconds|bytes)\b/g),
  ])
  expect(named.length).toBeGreaterThan(10)
  for (const [metric] of named) if (metric !== 'stale_after_seconds') expect(metrics).toContain(`| \`${metric}\` `)
})
