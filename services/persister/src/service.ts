import { configOrExit, createLogger, runService } from '@drawbridge/service-kit'
import { startPersister } from './start-persister.ts'

const config = configOrExit()
const log = createLogger('persister', config.logLevel)

await runService(log, async (lifecycle) => {
  await startPersister(config, log, lifecycle)
})
