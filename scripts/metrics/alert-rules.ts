import { readFileSync } from 'node:fs'
import { type MetricDefinition, metricNamed } from '@drawbridge/service-kit'
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { parse } from 'yaml'

/** What Prometheus itself knows of each target. */
const METRICS_OF_PROMETHEUS: ReadonlySet<string> = new Set(['up', 'ALERTS', 'scrape_duration_seconds'])
const LABELS_OF_PROMETHEUS: ReadonlySet<string> = new Set(['__name__', 'job', 'instance', 'alertname'])
const HISTOGRAM_PARTS = ['_bucket', '_sum', '_count']

/** A rule as a file of Prometheus has it. */
interface Rule {
  readonly alert?: unknown
  readonly record?: unknown
  readonly expr?: unknown
}

/**
 * Looks whether a file of Prometheus rules names metrics and labels that the catalogue has; a rule that does not would
 * never fire, and nobody would hear of it. Gives every fault, none where all is well.
 * @throws where the file cannot be read, or is no YAML.
 */
export function checkAlertRules(file: string): readonly string[] {
  const rules = rulesOf(parse(readFileSync(file, 'utf8')))
  if (rules.length === 0) return [`${file}: has no rules; it needs groups with rules`]
  const recorded = new Set(rules.map(({ record }) => record).filter((name) => typeof name === 'string'))
  return rules.flatMap((rule) => faultsOf(rule, recorded))
}

function rulesOf(document: unknown): readonly Rule[] {
  const { groups = [] } = (document ?? {}) as { groups?: readonly { rules?: readonly Rule[] }[] }
  return Array.isArray(groups) ? groups.flatMap(({ rules = [] }) => rules) : []
}

function faultsOf({ alert, record, expr }: Rule, recorded: ReadonlySet<unknown>): readonly string[] {
  const name = String(alert ?? record ?? 'a rule without a name')
  if (typeof expr !== 'string' && typeof expr !== 'number') return [`${name}: has no expr`]
  const text = String(expr)
  const faults: string[] = []
  parser.parse(text).iterate({
    enter: ({ type, node, from }) => {
      if (type.isError) faults.push(`${name}: expr is no PromQL at character ${from + 1}`)
      if (type.name === 'VectorSelector') faults.push(...faultsOfSelector(name, node, text, recorded))
    },
  })
  return faults
}

function faultsOfSelector(
  rule: string,
  selector: SyntaxNode,
  text: string,
  recorded: ReadonlySet<unknown>,
): readonly string[] {
  const metricName = textOf(selector.getChild('Identifier'), text)
  if (metricName === '') return [`${rule}: a selector without a metric's name cannot be checked`]
  if (recorded.has(metricName) || METRICS_OF_PROMETHEUS.has(metricName)) return []
  const metric = metricOf(metricName)
  if (metric === undefined) return [`${rule}: there is no metric ${metricName}; docs/metrics.md lists them`]
  const matchers = selector.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []
  return matchers
    .map((matcher) => textOf(matcher.getChild('LabelName'), text))
    .filter((label) => !hasLabel(metric, label))
    .map(
      (label) =>
        `${rule}: metric ${metricName} has no label ${label}; it has ${(metric.labels ?? []).join(', ') || 'none'}`,
    )
}

/** The metric that a series belongs to: a histogram has several. */
function metricOf(series: string): MetricDefinition | undefined {
  const part = HISTOGRAM_PARTS.find((suffix) => series.endsWith(suffix))
  const whole = part === undefined ? undefined : metricNamed(series.slice(0, -part.length))
  if (whole?.type === 'histogram') return whole
  const metric = metricNamed(series)
  return metric?.type === 'histogram' ? undefined : metric
}

function hasLabel(metric: MetricDefinition, label: string): boolean {
  const isOfHistogram = metric.type === 'histogram' && label === 'le'
  return isOfHistogram || LABELS_OF_PROMETHEUS.has(label) || (metric.labels ?? []).includes(label)
}

function textOf(node: SyntaxNode | null | undefined, text: string): string {
  return node === null || node === undefined ? '' : text.slice(node.from, node.to)
}
