import { checkAlertRules } from './metrics/alert-rules.ts'

const files = process.argv.slice(2)
if (files.length === 0 || files.includes('--help')) {
  console.log(
    'npm run check:alerts -- <file> ...\n\nNames the metrics and labels in rules of Prometheus that no service has.',
  )
} else {
  const faults = files.flatMap(checkAlertRules)
  for (const fault of faults) console.error(fault)
  if (faults.length > 0) process.exitCode = 1
}
