import { createLogger, runService } from '@drawbridge/service-kit'
import { configOrExit } from '@drawbridge/settings'
import { startTrader } from './start-trader.ts'

const config = configOrExit()
const log = createLogger('trader', config.logLevel)

await runService(log, async (lifecycle) => {
  await startTrader(config, log, lifecycle)
})
