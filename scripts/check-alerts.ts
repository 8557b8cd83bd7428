import path from 'node:path'
import { checkAlertRules, checkDashboard, dashboardFiles, readDashboard } from './metrics/expressions.ts'
import { PROMETHEUS_FOLDER } from './metrics/promtool.ts'

const HELP = `npm run check:alerts [-- <file> ...]

Lists the metrics and labels in Prometheus rules that no service has. Without a file: in our own rules, and in the
Grafana dashboards.`

const given = process.argv.slice(2)
if (given.includes('--help')) {
  console.log(HELP)
} else {
  const faults = given.length > 0 ? given.flatMap(checkAlertRules) : faultsOfOurs()
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exitCode = 1
}

function faultsOfOurs(): readonly string[] {
  const dashboards = dashboardFiles().map(readDashboard)
  return [...checkAlertRules(path.join(PROMETHEUS_FOLDER, 'alerts.yml')), ...dashboards.flatMap(checkDashboard)]
}
