import { createLogger } from '@drawbridge/service-kit'
import { type Program, readOptions } from '@drawbridge/service-kit/program'
import { configOf } from '@drawbridge/settings'
import { migrate } from './migrate.ts'

const HELP = `Brings the database up to date.

  node infra/migrations/src/main.ts

The database is that of the settings (docs/configuration.md). Safe to repeat, and to run more than once at a time.
Exit codes: 0 done; 1 the database refused or cannot be reached; 2 the command line or the settings are not valid.
`

export const migrateProgram: Program = {
  help: HELP,
  async run(args, context) {
    readOptions(args, {})
    const config = configOf(context)
    const log = createLogger('migrate', config.logLevel, context.stdout)
    try {
      await migrate(config.databaseUrl, log)
      return 0
    } catch (error) {
      log.fatal({ err: error }, 'the database could not be brought up to date')
      return 1
    }
  },
}
