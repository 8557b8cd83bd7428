import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { faultsOfExpression } from './promql.ts'

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
