import { parseArgs } from 'node:util'

const HELP = `Runs Drawbridge on this machine: NATS, PostgreSQL, and the services. Without a config.json it runs a demo on real market
data; with one, your own system.

  npm start [-- options]

  --once          end when the replays are done, with exit code 0
  --json          print the result as one JSON object, the last line of standard output; progress goes to standard error
  --breaches      list every breach of the demo, also those that an earlier start listed
  --apply-limits  put the limits and flags of config.json in force, where the log has others
  --dry-run       connectors only say in the log what they would report and do; all else runs as usual
  --fresh         delete the data of earlier runs first
  --help          this text

Environment, also from .env:
  CONFIG_FILE    your settings; default ./config.json, if it exists (see config.json.example); without any the demo runs
  NATS_URL       use this NATS server (2.12 or newer, with JetStream) instead of a private one
  DATABASE_URL   use this PostgreSQL or TimescaleDB database instead of a private one
  DATABASE_URL_FILE, DB_HOST, DB_USER, ...   other ways to name it (docs/configuration.md)
  DRAWBRIDGE_TOKEN   a token of the role read, if API_TOKENS or API_TOKENS_FILE is set
  CONSOLE_PORT, TRADER_PORT, RISK_GUARDIAN_PORT, PERSISTER_PORT, CONNECTOR_PORT   default 8080 to 8084, or free ones if
                 those are taken; the connector runs where config.json has connectors
  NOTIFIER_PORT  default 8085; the notifier runs where config.json has channels

The demo keeps its data in ./data/demo, your own system in ./data/system (or in ./data, where an earlier version began it).
Ctrl-C stops everything; the next start continues from there.
Exit codes: 0 done; 1 failed; 2 the command line or the settings are not valid.
`

export interface StartOptions {
  readonly once: boolean
  readonly json: boolean
  readonly breaches: boolean
  readonly applyLimits: boolean
  readonly fresh: boolean
  readonly dryRun: boolean
}

/** Ends the process if the command line is not valid, and after the help. */
export function optionsOrExit(): StartOptions {
  try {
    const flag = { type: 'boolean', default: false } as const
    const options = { once: flag, json: flag, breaches: flag, 'apply-limits': flag, fresh: flag, 'dry-run': flag }
    const { values } = parseArgs({ options: { ...options, help: { ...flag, short: 'h' } } })
    if (!values.help) return { ...values, applyLimits: values['apply-limits'], dryRun: values['dry-run'] }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
    process.exit(2)
  }
  console.log(HELP)
  process.exit(0)
}
