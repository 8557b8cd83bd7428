import { type Program, readOptions } from '@drawbridge/service-kit/program'

const HELP = `Runs the connectors of config.json (docs/connect/connectors.md). Ctrl-C ends it; what it blocked on other sides stays blocked.

  npm run connector [-- --dry-run]

  --dry-run   only says in its log what it would report and do, as CONNECTOR_DRY_RUN=true does, or "dry_run" of one connector
  --help      this text

To check one connector first: npm run drawbridge -- connect NAME
`

/** @param start starts the service, with the settings of the environment */
export function connectorProgram(start: () => Promise<void>): Program {
  return {
    help: HELP,
    async run(args, { env }) {
      const { values } = readOptions(args, { 'dry-run': { type: 'boolean', default: false } })
      if (values['dry-run']) env.CONNECTOR_DRY_RUN = 'true'
      await start()
      return 0
    },
  }
}
