import { nearestName } from '@drawbridge/contracts'
import { alignedRows, type Program, printLine, readOptions, UsageError } from '@drawbridge/service-kit/program'
import { type Config, configOf, connectorWarningsOf, limitsOf } from '@drawbridge/settings'
import { SettingsError } from '@drawbridge/settings/place'
import { findingsOn } from './connect/findings.ts'
import { readingForPrograms } from './connect/reading.ts'
import { type Finding, warning } from './doctor/finding.ts'
import { checkConnectorSecrets } from './doctor/secret-files.ts'
import { flag } from './options.ts'
import { counted } from './terminal/counted.ts'

const HELP = `Checks a connector of config.json against the account that it connects: keys and their rights, the equity as it is read beside
what the other side calls its own fields, and its clock. It reports nothing and changes nothing.

  npm run drawbridge -- connect                  lists the connectors of config.json
  npm run drawbridge -- connect NAME [--json]    checks one

A key that may withdraw is a warning: a connector never needs that right.

  --json   one JSON object: {"connector", "healthy", "reading", "fields", "findings": [{"check", "status", "found", "advice"}]}
  --help   this text

Needs neither NATS nor the database. Exit codes: 0 no fault, warnings or not; 1 there are faults; 2 the command line or the
settings are not valid.
`

export const connect: Program = {
  help: HELP,
  async run(args, context) {
    const { values, positionals } = readOptions(args, { json: flag }, 1)
    const config = configOf(context)
    const [name] = positionals
    if (name === undefined) {
      printLine(context.stdout, values.json ? JSON.stringify({ connectors: listed(config) }) : listOf(config))
      return 0
    }
    checkName(name, config)
    // Adapters bring the libraries of exchanges along.
    const { examineConnector, readConnectorSetups, sharedVariables } = await import('@drawbridge/connector')
    const [shared] = sharedVariables(config)
    if (shared !== undefined) throw new SettingsError(shared)
    const connectors = pick(config, name)
    const setups = readConnectorSetups({ connectors })
    if (!setups.ok) throw new SettingsError(setups.reason)
    const [setup] = setups.value
    if (setup === undefined) throw new UsageError(`there is no connector "${name}"`)
    const examined = await examineConnector(setup, new AbortController().signal)
    const unknown = connectorWarningsOf({ connectors, traders: config.traders })
    const findings = [
      ...unknown.map((words) => warning('trader', words, 'correct it in config.json')),
      ...setup.warnings.map(({ found, advice }) => warning('settings', found, advice)),
      ...findingsOn(examined, setup.config, limitsOf(config, setup.config.trader)),
      ...(examined.canBlock === null ? [] : checkConnectorSecrets(connectors).filter(({ status }) => status !== 'ok')),
    ]
    const healthy = findings.every(({ status }) => status !== 'fault')
    const fields = examined.otherSide !== null && 'fields' in examined.otherSide ? examined.otherSide.fields : []
    const shown = { connector: name, trader: setup.config.trader, healthy, reading: readingForPrograms(examined) }
    printLine(
      context.stdout,
      values.json
        ? JSON.stringify({ ...shown, fields: Object.fromEntries(fields), findings })
        : textOf(shown.reading, fields, findings),
    )
    return healthy ? 0 : 1
  },
}

function pick({ connectors }: Config, name: string): Config['connectors'] {
  return Object.fromEntries(Object.entries(connectors).filter(([one]) => one === name))
}

/** @throws {UsageError} if config.json has no such connector */
function checkName(name: string, { connectors }: Config): void {
  if (Object.hasOwn(connectors, name)) return
  const names = Object.keys(connectors)
  if (names.length === 0)
    throw new UsageError('config.json has no connectors; docs/connect/README.md shows how to add one')
  const near = nearestName(name, names)
  throw new UsageError(
    `config.json has no connector "${name}"${near === null ? `: it has ${names.join(', ')}` : `, did you mean "${near}"?`}`,
  )
}

function listed({ connectors }: Config): readonly object[] {
  return Object.entries(connectors).map(([name, { adapter, trader, reads, acts, mayClose, dryRun }]) => {
    return { name, adapter, trader, reads, acts, mayClose, dryRun }
  })
}

function listOf({ connectors }: Config): string {
  const rows = Object.entries(connectors).map(([name, { adapter, trader, reads, acts, mayClose, dryRun }]) => {
    const does = [
      reads ? 'reads' : '',
      acts ? 'blocks entries' : '',
      mayClose ? 'may close' : '',
      dryRun ? 'dry run' : '',
    ]
    return [name, adapter, trader, does.filter((one) => one !== '').join(', ')]
  })
  if (rows.length === 0) return 'config.json has no connectors; docs/connect/README.md shows how to add one.'
  return [
    ...alignedRows([['connector', 'adapter', 'trader', 'does'], ...rows]),
    '',
    'npm run drawbridge -- connect <name>   checks one',
  ].join('\n')
}

type Fields = readonly (readonly [string, string])[]

function textOf(reading: object | null, fields: Fields, findings: readonly Finding[]): string {
  const read = Object.entries(reading ?? {}).map(([name, value]) => [name, String(value)])
  const table = (title: readonly string[], rows: readonly (readonly string[])[]) =>
    rows.length === 0 ? [] : [...alignedRows([title, ...rows]), '']
  const rows = findings.map(({ check, status, found, advice }) => [check, status, found, advice ?? ''])
  const faults = findings.filter(({ status }) => status === 'fault').length
  const warnings = findings.filter(({ status }) => status === 'warning').length
  return [
    ...table(['as it is read', ''], read),
    ...table(['as the other side says', ''], fields),
    ...table(['check', 'status', 'found', 'what to do'], rows),
    faults + warnings === 0 ? 'All is well.' : `${counted(faults, 'fault')}, ${counted(warnings, 'warning')}.`,
  ].join('\n')
}
