import path from 'node:path'
import { checkAlertRules } from './metrics/alert-rules.ts'
import { PROMETHEUS_FOLDER } from './metrics/promtool.ts'

const HELP = `npm run check:alerts [-- <file> ...]

Names the metrics and labels in rules of Prometheus that no service has. Without a file: in those of
infra/compose/prometheus.`

const given = process.argv.slice(2)
if (given.includes('--help')) {
  console.log(HELP)
} else {
  const files = given.length > 0 ? given : [path.join(PROMETHEUS_FOLDER, 'alerts.yml')]
  const faults = files.flatMap(checkAlertRules)
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exitCode = 1
}
