import { catalogueByService, type MetricDefinition } from '@drawbridge/service-kit'

const INTRO = `# Metrics

Written by \`npm run docs:metrics\` from the [catalogue](../libs/service-kit/src/telemetry/catalogue.ts), which every service
makes its metrics from; change it there.

Every service answers \`GET /metrics\` in the text format of Prometheus. A name says the unit: seconds and bytes, and
\`_total\` for what only grows; the names that end in \`_ms\` are those of the original.

- \`METRICS_ENABLED=false\` switches all of it off: nothing is measured, and \`/metrics\` says so.
- \`METRICS_TRADERS_MAX\` (200) is how many traders have series of their own in a process, the label \`trader_id\`: the first
  ones it comes to know. \`metrics_traders_left_out\` says how many have none. What has no such label counts all traders.
- Every guardian shows every trader, also one that stands by: take \`max by (trader_id)\` of their gauges, and
  \`sum by (trader_id)\` of their counters. Persisters share the events: take the sum.
- The console shows the eight metrics of the original for all guardians and persisters together, at most 2 s old: they
  report them on \`metrics.risk\`. Prometheus takes them from their sources.
- Values are read at the scrape. What is observed for each event costs some comparisons and a clock;
  [performance](performance.md#metrics-and-tracing) says what that does to decisions per second.
- [alerts.yml](../infra/compose/prometheus/alerts.yml) has the rules that alert, and the [runbook](runbook.md) says what to
  do then. \`npm run check:alerts\` names each metric and each label in them, and in the dashboards of Grafana, that is not
  listed here; with \`-- <file>\`, in rules of your own.
`

const HEAD = ['metric', 'type', 'unit', 'labels', 'what', 'look when']

/** docs/metrics.md, of the catalogue. */
export function metricsPage(): string {
  const sections = Object.entries(catalogueByService).map(([service, definitions]) =>
    section(service, Object.entries(definitions)),
  )
  return [INTRO, ...sections].join('\n')
}

function section(service: string, definitions: readonly (readonly [string, MetricDefinition])[]): string {
  const rows = definitions.map(([name, { type, unit, labels = [], help, alert = '-' }]) => [
    `\`${name}\``,
    type,
    unit.replaceAll('-', ' '),
    labels.length === 0 ? '-' : labels.map((label) => `\`${label}\``).join(', '),
    help,
    alert,
  ])
  const buckets = definitions.flatMap(([name, definition]) =>
    definition.type === 'histogram' ? [`- \`${name}\`: ${definition.buckets.join(', ')}`] : [],
  )
  const table = alignedTable([HEAD, ...rows])
  return `## ${service[0]?.toUpperCase()}${service.slice(1)}\n\n${table}\n\nBuckets:\n\n${buckets.join('\n')}\n`
}

/** As the formatter wants it: each column as wide as its widest cell. */
function alignedTable([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)))
  const rule = widths.map((width) => '-'.repeat(width))
  return [head, rule, ...rows]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
    .join('\n')
}
