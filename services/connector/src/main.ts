import '@drawbridge/service-kit/compile-cache'
import { processContext, runProgram } from '@drawbridge/service-kit/program'
import { connectorProgram } from './command-line.ts'

const program = connectorProgram(async () => {
  const { runService } = await import('@drawbridge/service-kit')
  const { startConnector } = await import('./start-connector.ts')
  await runService('connector', startConnector)
})
process.exitCode = await runProgram(program, process.argv.slice(2), processContext())
