import { catalogueByService, type MetricDefinition } from '@drawbridge/service-kit'
import { markdownTable } from '../markdown-table.ts'

const INTRO = `# Metrics

Written by \`npm run docs:metrics\` from the [catalogue](../libs/service-kit/src/telemetry/catalogue.ts), from which every
service makes its metrics; edit that file instead.

Every service answers \`GET /metrics\` in the text format of Prometheus. Names contain the unit: seconds and bytes, and
\`_total\` for counters; names that end in \`_ms\` are those of NOFX.

- \`METRICS_ENABLED=false\` switches all metrics off: nothing is measured, and \`/metrics\` says so.
- \`METRICS_TRADERS_MAX\` (200) is the number of traders with their own series in a process, with the label \`trader_id\`: the
  first ones that it sees. \`metrics_traders_left_out\` counts the others. Metrics without this label cover all traders.
- Every guardian shows every trader, including guardians on standby: use \`max by (trader_id)\` for gauges, and
  \`sum by (trader_id)\` for counters. Persisters share the events: use the sum.
- The console shows the eight metrics of NOFX for all guardians and persisters together, at most 2 s old: they report them on
  \`metrics.risk\`. Prometheus scrapes them from their sources.
- Values are read at the scrape. An observation per event costs some comparisons and a clock reading;
  [performance](performance.md#metrics-and-tracing) has the effect on decisions per second.
- [alerts.yml](../infra/compose/prometheus/alerts.yml) has the alert rules, and the [runbook](runbook.md) says what to do when
  they fire. \`npm run check:alerts\` lists each metric and label in them, and in the Grafana dashboards, that is not listed
  here; with \`-- <file>\`, in your own rules.
`

const HEAD = ['metric', 'type', 'unit', 'labels', 'what', 'alert when']

/** The text of docs/metrics.md, from the catalogue. */
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
  const table = markdownTable([HEAD, ...rows])
  const listed = buckets.length === 0 ? '' : `\nBuckets:\n\n${buckets.join('\n')}\n`
  return `## ${service[0]?.toUpperCase()}${service.slice(1)}\n\n${table}\n${listed}`
}
