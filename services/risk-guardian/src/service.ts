import { createLogger, runService } from '@drawbridge/service-kit'
import { configOrExit } from '@drawbridge/settings'
import { startGuardian } from './start-guardian.ts'

const config = configOrExit()
const log = createLogger('risk-guardian', config.logLevel)

await runService(log, async (lifecycle) => {
  await startGuardian(config, log, lifecycle)
})
