import { createLogger, runService } from '@drawbridge/service-kit'
import { configOrExit } from '@drawbridge/settings'
import { startPersister } from './start-persister.ts'

const config = configOrExit()
const log = createLogger('persister', config.logLevel)

await runService(log, async (lifecycle) => {
  await startPersister(config, log, lifecycle)
})
