import { createLogger, runService } from '@drawbridge/service-kit'
import { configOrExit } from '@drawbridge/settings'
import { startConsole } from './start-console.ts'

const config = configOrExit()
const log = createLogger('console', config.logLevel)

await runService(log, async (lifecycle) => {
  await startConsole(config, log, lifecycle)
})
