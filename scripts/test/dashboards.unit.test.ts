import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { checkDashboard, dashboardFiles, type Panel, readDashboard } from '../metrics/expressions.ts'

const GRAFANA = new URL('../../infra/compose/grafana/', import.meta.url)
const COLUMNS = 24

const dashboards = dashboardFiles().map((file) => ({ name: path.basename(file, '.json'), ...readDashboard(file) }))

const sources = parse(readFileSync(new URL('provisioning/datasources/prometheus.yml', GRAFANA), 'utf8')) as {
  readonly datasources: readonly { readonly uid: string }[]
}
const sourceIds = sources.datasources.map(({ uid }) => uid)

test('there are the four dashboards, each with an id of its own', () => {
  expect(dashboards.map(({ name }) => name)).toEqual(['fleet', 'persistence', 'pipeline', 'trader'])
  expect(dashboards.map(({ name, uid }) => [name, uid])).toEqual(
    dashboards.map(({ name }) => [name, `drawbridge-${name}`]),
  )
})

test.each(dashboards)('$name asks for metrics and labels that there are', (dashboard) => {
  expect(checkDashboard(dashboard)).toEqual([])
})

test.each(dashboards)('$name asks the data source that is provisioned, and each panel says its unit', ({ panels }) => {
  for (const { title, datasource, targets, fieldConfig } of panels) {
    expect(sourceIds, title).toContain(datasource?.uid)
    expect(targets.length, title).toBeGreaterThan(0)
    expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length)
    expect(fieldConfig.defaults.unit, title).toMatch(/\S/)
  }
})

test.each(dashboards)('panels of $name have ids of their own and do not overlap', ({ panels }) => {
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const taken = new Map<string, string>()
  for (const panel of panels) {
    for (const cell of cellsOf(panel)) {
      expect(taken.get(cell), `${panel.title} at ${cell}`).toBeUndefined()
      taken.set(cell, panel.title)
    }
  }
})

test('where series of single traders are counted, the panel says that there may be more traders', () => {
  const fleet = dashboards.find(({ name }) => name === 'fleet')
  const counted = fleet?.panels.filter(({ targets }) => targets.some(({ expr }) => expr?.includes('trader_id'))) ?? []
  expect(counted.length).toBeGreaterThan(5)
  for (const { title, description } of counted) expect(description, title).toContain('METRICS_TRADERS_MAX')
})

test('links between dashboards lead to one that there is', () => {
  const links = dashboardFiles().flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/"\/d\/([\w-]+)/g)])
  expect(links.map(([, uid]) => uid)).toEqual(['drawbridge-trader'])
})

test('a dashboard that asks for what is not there, or by a variable that it does not have, is told', () => {
  const panel = (title: string, expr: string) => ({ ...dashboards[0]?.panels[0], title, targets: [{ expr }] }) as Panel
  const faulty = {
    uid: 'faulty',
    title: 'Faulty',
    schemaVersion: 41,
    annotations: { list: [{ expr: 'ALERTS{state="firing"}' }] },
    templating: { list: [{ name: 'trader', definition: 'label_values(risk_trading_paused, trader)' }] },
    panels: [
      panel('Misspelt', 'risk_drawdown_percent{trader_id="$trader"}'),
      panel('No such window', 'rate(persister_rows_total[$window])'),
    ],
  }
  expect(checkDashboard(faulty)).toEqual([
    'Faulty, Misspelt: metric risk_drawdown_percent not found; docs/metrics.md lists all',
    'Faulty, No such window: there is no variable window',
    'Faulty, annotations: metric ALERTS has no label state; it has none',
    'Faulty, variable trader: no metric has the label trader',
  ])
})

/** Squares of the grid that a panel lies on; one beyond its edge is told as such. */
function cellsOf({ title, gridPos: { x, y, w, h } }: Panel): readonly string[] {
  expect(x + w, title).toBeLessThanOrEqual(COLUMNS)
  return Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`)
}
