import { createLogger } from '@drawbridge/service-kit'
import { alignedRows, type Program, type ProgramContext, printLine, readOptions } from '@drawbridge/service-kit/program'
import { type Config, readConfig } from '@drawbridge/settings'
import { checkConnectors } from './doctor/connectors.ts'
import { checkConnections, checkHistory, type Database, databaseTime, reachDatabase } from './doctor/database.ts'
import { type Check, examine, type Finding, fault, ok } from './doctor/finding.ts'
import { judgeLimits } from './doctor/limits.ts'
import { checkClock, checkNode, portChecks } from './doctor/machine.ts'
import { checkConsumer, checkDifferences, checkGuardian, type Nats, natsTime, reachNats } from './doctor/nats.ts'
import { checkNotifier, judgeRoutes } from './doctor/notifier.ts'
import { checkPermissions, checkRoom } from './doctor/publishing.ts'
import { checkSecretFiles } from './doctor/secret-files.ts'
import { checkDamage, checkHistoryIsKnown, checkStreams } from './doctor/streams.ts'
import { flag } from './options.ts'
import { counted } from './terminal/counted.ts'

const HELP = `Checks the whole installation, and says what to do about each fault. It changes nothing.

  npm run drawbridge -- doctor [--json]

It checks the settings, Node.js, NATS (version, JetStream, streams, room, missing messages, permissions, whether persisters
keep up), PostgreSQL (version, edition, migrations, how far the history is, free connections), the ports of the services,
the clocks, where the settings differ from the log, whether people are told (the notifier, its channels), the settings of
connectors, and the files of secrets that config.json names. Each result is ok, a warning or a fault; a check that cannot be made
does not stop the others, and none takes longer than a few seconds.

  --json   one JSON object: {"healthy": true, "findings": [{"check", "status", "found", "advice"}]}
  --help   this text

Exit codes: 0 no fault, warnings or not; 1 there are faults; 2 the command line is not valid.
`

const CONNECTS_WITHIN_MS = 8_000
const ANSWERS_WITHIN_MS = 5_000
const LEAVES_WITHIN_MS = 1_000

export const doctor: Program = {
  help: HELP,
  async run(args, context) {
    const { values } = readOptions(args, { json: flag })
    const findings = await findingsOf(context)
    const healthy = findings.every(({ status }) => status !== 'fault')
    printLine(context.stdout, values.json ? JSON.stringify({ healthy, findings }) : textOf(findings))
    return healthy ? 0 : 1
  },
}

async function findingsOf(context: ProgramContext): Promise<readonly Finding[]> {
  const node = checkNode(process.version)
  const config = readConfig(context)
  if (config.ok) {
    const judged = [...judgeLimits(config.value), ...judgeRoutes(config.value), ...checkSecretFiles(config.value)]
    return [node, ok('settings', 'valid'), ...judged, ...(await examineAll(config.value, context))]
  }
  // The addresses of servers and the ports are unknown then.
  const advice = 'correct it; docs/configuration.md lists all settings'
  return [node, ...config.reason.split('\n').map((reason) => fault('settings', reason, advice))]
}

async function examineAll(config: Config, { stderr }: ProgramContext): Promise<readonly Finding[]> {
  const log = createLogger('doctor', 'silent', stderr)
  let nats: Nats | null = null
  let database: Database | null = null
  const reachingNats = async () => {
    nats = await reachNats(config, log)
    return nats.findings
  }
  const reachingDatabase = async () => {
    database = await reachDatabase(config, log)
    return database.findings
  }
  const reached = await Promise.all([
    examine(['NATS', reachingNats], CONNECTS_WITHIN_MS),
    examine(['PostgreSQL', reachingDatabase], CONNECTS_WITHIN_MS),
  ])
  try {
    const own: Check = ['connectors', () => checkConnectors(config)]
    const checks = [...natsChecks(nats, config), ...databaseChecks(database, nats), ...portChecks(config), own]
    return [...reached, ...(await Promise.all(checks.map((check) => examine(check, ANSWERS_WITHIN_MS))))].flat()
  } finally {
    await leave(nats, database)
  }
}

function natsChecks(nats: Nats | null, config: Config): readonly Check[] {
  const { connection, manager } = nats ?? { connection: null, manager: null }
  if (connection === null || manager === null) return []
  return [
    ['streams', () => checkStreams(manager)],
    ['room on NATS', () => checkRoom(connection)],
    ['messages of the logs', () => checkDamage(manager)],
    ['permissions on NATS', () => checkPermissions(connection)],
    ['consumer of the persisters', () => checkConsumer(manager)],
    ['risk guardian', () => checkGuardian(connection)],
    ['clock of NATS', () => checkClock('clock of NATS', () => natsTime(manager))],
    ['settings and log', () => checkDifferences(manager, config)],
    ['notifier', () => checkNotifier(manager, config.notify)],
  ]
}

function databaseChecks(database: Database | null, nats: Nats | null): readonly Check[] {
  const { client, hasTables } = database ?? { client: null, hasTables: false }
  const manager = nats?.manager ?? null
  if (client === null) return []
  const checks: Check[] = [
    ['connections', () => checkConnections(client)],
    ['clock of the database', () => checkClock('clock of the database', () => databaseTime(client))],
  ]
  if (!hasTables || manager === null) return inTurn(checks)
  checks.push(['history', () => checkHistory(client, manager)])
  checks.push(['history and RISK', () => checkHistoryIsKnown(client, manager)])
  return inTurn(checks)
}

/** A connection to the database answers one question at a time. */
function inTurn(checks: readonly Check[]): readonly Check[] {
  let before: Promise<unknown> = Promise.resolve()
  return checks.map(([name, look]) => [
    name,
    () => {
      const looked = before.then(look)
      before = looked.catch(() => undefined)
      return looked
    },
  ])
}

/** Does not wait for a server that does not answer. */
async function leave(nats: Nats | null, database: Database | null): Promise<void> {
  database?.leave()
  const timer = new Promise((resolve) => setTimeout(resolve, LEAVES_WITHIN_MS).unref())
  await Promise.race([nats?.connection?.close(), timer])
}

function textOf(findings: readonly Finding[]): string {
  const rows = findings.map(({ check, status, found, advice }) => [check, status, found, advice ?? ''])
  const faults = findings.filter(({ status }) => status === 'fault').length
  const warnings = findings.filter(({ status }) => status === 'warning').length
  const sum = faults + warnings === 0 ? 'All is well.' : `${counted(faults, 'fault')}, ${counted(warnings, 'warning')}.`
  return [...alignedRows([['check', 'status', 'found', 'what to do'], ...rows]), '', sum].join('\n')
}
