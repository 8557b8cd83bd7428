import { parseArgs } from 'node:util'
import { configOrExit, createLogger } from '@drawbridge/service-kit'
import { migrate } from './migrate.ts'

const USAGE = `Brings the database up to date.

  node infra/migrations/src/main.ts

The database is that of the settings (docs/configuration.md). Safe to repeat, and to run more than once at a time.
Exit codes: 0 done; 1 the database refused or cannot be reached; 2 the command line or the settings are not valid.
`

function wantsHelp(): boolean {
  try {
    return parseArgs({ options: { help: { type: 'boolean', short: 'h', default: false } } }).values.help
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`)
    process.exit(2)
  }
}

if (wantsHelp()) {
  process.stdout.write(USAGE)
} else {
  const config = configOrExit()
  const log = createLogger('migrate', config.logLevel)
  try {
    await migrate(config.databaseUrl, log)
  } catch (error) {
    log.fatal({ err: error }, 'the database could not be brought up to date')
    process.exitCode = 1
  }
}
