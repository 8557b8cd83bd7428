import { catalogue, type MetricDefinition, metricNamed } from '@drawbridge/service-kit'
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'

/** Prometheus's own metrics of each target. */
const METRICS_OF_PROMETHEUS: ReadonlySet<string> = new Set(['up', 'ALERTS', 'scrape_duration_seconds'])
const LABELS_OF_PROMETHEUS = ['__name__', 'job', 'instance', 'alertname', 'alertstate', 'severity']
/** The few metrics of node_exporter, which is not part of Drawbridge, that an optional rule uses. */
const METRICS_OF_NODE_EXPORTER: ReadonlySet<string> = new Set([
  'node_filesystem_avail_bytes',
  'node_filesystem_size_bytes',
])
const LABELS_OF_NODE_EXPORTER = ['device', 'fstype', 'mountpoint']
const HISTOGRAM_PARTS = ['_bucket', '_sum', '_count']
const EVERY_LABEL: ReadonlySet<string> = new Set([
  ...Object.values(catalogue).flatMap(({ labels = [] }) => labels),
  ...LABELS_OF_PROMETHEUS,
  ...LABELS_OF_NODE_EXPORTER,
  'le',
])

/**
 * The faults of an expression: invalid PromQL, or a metric or label that no service has, with which it would silently
 * return nothing.
 * @param recorded names that recording rules of the same file define
 */
export function faultsOfExpression(text: string, recorded: ReadonlySet<unknown> = new Set()): readonly string[] {
  const faults: string[] = []
  parser.parse(text).iterate({
    enter: ({ type, node, from }) => {
      if (type.isError) faults.push(`expr is not valid PromQL at character ${from + 1}`)
      if (type.name === 'VectorSelector') faults.push(...faultsOfSelector(node, text, recorded))
      if (type.name === 'GroupingLabels') faults.push(...faultsOfGrouping(node, text))
    },
  })
  return faults
}

function faultsOfSelector(selector: SyntaxNode, text: string, recorded: ReadonlySet<unknown>): readonly string[] {
  const name = textOf(selector.getChild('Identifier'), text)
  if (name === '') return ["a selector without a metric's name cannot be checked"]
  if (recorded.has(name)) return []
  const labels = labelsOf(name)
  if (labels === null) return [`metric ${name} not found; docs/metrics.md lists all`]
  const matchers = selector.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []
  return matchers
    .map((matcher) => textOf(matcher.getChild('LabelName'), text))
    .filter((label) => !labels.includes(label) && !LABELS_OF_PROMETHEUS.includes(label))
    .map((label) => `metric ${name} has no label ${label}; it has ${labels.join(', ') || 'none'}`)
}

/** The metric of a label in `by` or `on` is not determined; a label that no metric has is a likely typo. */
function faultsOfGrouping(grouping: SyntaxNode, text: string): readonly string[] {
  return grouping
    .getChildren('LabelName')
    .map((label) => textOf(label, text))
    .filter((label) => !EVERY_LABEL.has(label))
    .map((label) => `no metric has the label ${label}`)
}

/** Labels of the series of that name, without those of Prometheus; null: unknown metric. */
function labelsOf(series: string): readonly string[] | null {
  if (METRICS_OF_PROMETHEUS.has(series)) return []
  if (METRICS_OF_NODE_EXPORTER.has(series)) return LABELS_OF_NODE_EXPORTER
  const part = HISTOGRAM_PARTS.find((suffix) => series.endsWith(suffix))
  const whole = part === undefined ? undefined : metricNamed(series.slice(0, -part.length))
  if (whole?.type === 'histogram') return [...ownLabels(whole), 'le']
  const metric = metricNamed(series)
  return metric === undefined || metric.type === 'histogram' ? null : ownLabels(metric)
}

function ownLabels({ labels = [] }: MetricDefinition): readonly string[] {
  return labels
}

function textOf(node: SyntaxNode | null | undefined, text: string): string {
  return node === null || node === undefined ? '' : text.slice(node.from, node.to)
}
