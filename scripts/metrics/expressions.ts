import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { catalogue, metricNamed } from '@drawbridge/service-kit'
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { parse } from 'yaml'

/** A rule in a file of Prometheus. */
export interface Rule {
  readonly alert?: unknown
  readonly record?: unknown
  readonly expr?: unknown
  readonly for?: unknown
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/**
 * Checks that a file of Prometheus rules names only metrics and labels of the catalogue; a rule with others would silently
 * never fire. Returns every fault.
 * @throws if the file cannot be read, or is not YAML.
 */
export function checkAlertRules(file: string): readonly string[] {
  const rules = readRules(file)
  if (rules.length === 0) return [`${file}: has no rules; it needs groups with rules`]
  const recorded = new Set(rules.map(({ record }) => record).filter((name) => typeof name === 'string'))
  return rules.flatMap((rule) => faultsOf(rule, recorded))
}

/** The rules of all groups of a file, as they are written. */
export function readRules(file: string): readonly Rule[] {
  const document: unknown = parse(readFileSync(file, 'utf8'))
  const { groups = [] } = (document ?? {}) as { groups?: readonly { rules?: readonly Rule[] }[] }
  return Array.isArray(groups) ? groups.flatMap(({ rules = [] }) => rules) : []
}

function faultsOf({ alert, record, expr }: Rule, recorded: ReadonlySet<unknown>): readonly string[] {
  const name = String(alert ?? record ?? 'a rule without a name')
  if (typeof expr !== 'string' && typeof expr !== 'number') return [`${name}: has no expr`]
  return faultsOfExpression(String(expr), recorded).map((fault) => `${name}: ${fault}`)
}

const FOLDER = fileURLToPath(new URL('../../infra/compose/grafana/dashboards', import.meta.url))

const VARIABLE = /\$(\w+)/g
/** Grafana's own variables for times. */
const WINDOWS = ['__rate_interval', '__interval', '__range']

/** The parts of a dashboard in which Grafana does not report errors. */
export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly schemaVersion: number
  readonly annotations: { readonly list: readonly Query[] }
  readonly templating: { readonly list: readonly (Query & { readonly name: string; readonly definition?: string })[] }
  readonly panels: readonly Panel[]
}

export interface Panel {
  readonly id: number
  readonly title: string
  readonly description?: string
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number }
  readonly datasource?: DataSource
  readonly targets: readonly Query[]
  readonly fieldConfig: { readonly defaults: { readonly unit?: string } }
}

interface Query {
  readonly refId?: string
  readonly expr?: string
  readonly datasource?: DataSource
}

interface DataSource {
  readonly uid: string
}

/** Files of the provisioned dashboards. */
export function dashboardFiles(): readonly string[] {
  return globSync(`${FOLDER}/*.json`).toSorted()
}

/** @throws if it cannot be read, or is not JSON */
export function readDashboard(file: string): Dashboard {
  return JSON.parse(readFileSync(file, 'utf8')) as Dashboard
}

/** Lists each expression of a dashboard that is not valid PromQL, or uses a metric or label that no service has. */
export function checkDashboard({ title, annotations, templating, panels }: Dashboard): readonly string[] {
  const variables = [...WINDOWS, ...templating.list.map(({ name }) => name)]
  const asked = [
    ...panels.flatMap(({ title: panel, targets }) => targets.map(({ expr = '' }) => [panel, expr] as const)),
    ...annotations.list.map(({ expr = '' }) => ['annotations', expr] as const),
    ...templating.list.map(({ name, definition = '' }) => [`variable ${name}`, asExpression(definition)] as const),
  ]
  return asked.flatMap(([place, expr]) => faultsOfQuery(expr, variables).map((fault) => `${title}, ${place}: ${fault}`))
}

function faultsOfQuery(expr: string, variables: readonly string[]): readonly string[] {
  const unknown = [...expr.matchAll(VARIABLE)].map(([, name = '']) => name).filter((name) => !variables.includes(name))
  if (unknown.length > 0) return unknown.map((name) => `there is no variable ${name}`)
  return faultsOfExpression(expr.replaceAll(VARIABLE, (_, name) => (WINDOWS.includes(name) ? '5m' : 'bot1')))
}

/** `label_values(metric, label)` is a function of Grafana; this is its query. */
function asExpression(definition: string): string {
  return definition.replace(/^label_values\((.+), *(\w+)\)$/, 'group by ($2) ($1)')
}

/** Prometheus's own metrics of each target. */
const METRICS_OF_PROMETHEUS = ['up', 'ALERTS', 'scrape_duration_seconds']
const LABELS_OF_PROMETHEUS = ['__name__', 'job', 'instance', 'alertname', 'alertstate', 'severity']
/** The few metrics of node_exporter, which is not part of Drawbridge, that an optional rule uses. */
const METRICS_OF_NODE_EXPORTER = ['node_filesystem_avail_bytes', 'node_filesystem_size_bytes']
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
function faultsOfExpression(text: string, recorded: ReadonlySet<unknown> = new Set()): readonly string[] {
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
  if (METRICS_OF_PROMETHEUS.includes(series)) return []
  if (METRICS_OF_NODE_EXPORTER.includes(series)) return LABELS_OF_NODE_EXPORTER
  const part = HISTOGRAM_PARTS.find((suffix) => series.endsWith(suffix))
  const whole = part === undefined ? undefined : metricNamed(series.slice(0, -part.length))
  if (whole?.type === 'histogram') return [...(whole.labels ?? []), 'le']
  const metric = metricNamed(series)
  return metric === undefined || metric.type === 'histogram' ? null : (metric.labels ?? [])
}

function textOf(node: SyntaxNode | null, text: string): string {
  return node === null ? '' : text.slice(node.from, node.to)
}
