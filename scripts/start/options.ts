import { parseArgs } from 'node:util'

export const HELP = `Runs Drawbridge on this machine: NATS, PostgreSQL, the four services, and a demo on real market data.

  npm start [-- options]

  --once    end when the replays are done, with exit code 0
  --json    print the result as one JSON object, the last line of standard output; progress goes to standard error
  --fresh   delete the data of earlier runs in ./data first
  --help    this text

Environment, also from .env:
  NATS_URL       use this NATS server (2.12 or newer, with JetStream) instead of a private one
  DATABASE_URL   use this PostgreSQL or TimescaleDB database instead of a private one
  DATABASE_URL_FILE, DB_HOST, DB_USER, ...   other ways to name it (docs/configuration.md)
  CONFIG_FILE    run these traders instead of the demo; default ./config.json, if it exists (see config.json.example)
  DRAWBRIDGE_TOKEN   a token of the role read, if API_TOKENS or API_TOKENS_FILE is set
  CONSOLE_PORT, TRADER_PORT, RISK_GUARDIAN_PORT, PERSISTER_PORT   default 8080 to 8083, or free ones if those are taken

Private servers keep their data in ./data. Ctrl-C stops everything; the next start continues from there.
Exit codes: 0 done; 1 failed; 2 the command line or the settings are not valid.
`

export interface StartOptions {
  readonly once: boolean
  readonly json: boolean
  readonly fresh: boolean
}

/** Ends the process if the command line is not valid. */
export function startOptionsOrExit(): StartOptions {
  try {
    const flag = { type: 'boolean', default: false } as const
    const { values } = parseArgs({ options: { once: flag, json: flag, fresh: flag, help: { ...flag, short: 'h' } } })
    if (!values.help) return values
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`)
    process.exit(2)
  }
  console.log(HELP)
  process.exit(0)
}
