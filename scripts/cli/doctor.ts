import { createLogger } from '@drawbridge/service-kit'
import { alignedRows, type Program, type ProgramContext, printLine, readOptions } from '@drawbridge/service-kit/program'
import { type Config, readConfig } from '@drawbridge/settings'
import { checkClock } from './doctor/clock.ts'
import { checkDamage, checkHistoryIsKnown } from './doctor/damage.ts'
import { checkConnections, checkHistory, type Database, databaseTime, reachDatabase } from './doctor/database.ts'
import { examine, type Finding, fault, ok } from './doctor/finding.ts'
import { checkConsumer, checkDifferences, checkGuardian, type Nats, natsTime, reachNats } from './doctor/nats.ts'
import { checkNode } from './doctor/node.ts'
import { checkPermissions } from './doctor/permissions.ts'
import { portChecks } from './doctor/ports.ts'
import { checkRoom } from './doctor/room.ts'
import { checkStreams, whereStreamsAre } from './doctor/streams.ts'

const HELP = `Says whether everything is as it must be, and what to do where it is not. It changes nothing.

  npm run drawbridge -- doctor [--json]

It looks at the settings, Node.js, NATS (version, JetStream, streams, room, missing messages, permissions, whether
persisters keep up), PostgreSQL (version, edition, migrations, how far the history is, free connections), the ports of the
services, the clocks, and at where the settings differ from the log. Each is ok, a warning or a fault; a check that cannot
be made does not stop the others, and none takes longer than a few seconds.

  --json   one JSON object: {"healthy": true, "findings": [{"check", "status", "found", "advice"}]}
  --help   this text

Exit codes: 0 no fault, warnings or not; 1 there are faults; 2 the command line is not valid.
`

const CONNECTS_WITHIN_MS = 8_000
const ANSWERS_WITHIN_MS = 5_000
const LEAVES_WITHIN_MS = 1_000

export const doctor: Program = { help: HELP, run }

async function run(args: readonly string[], context: ProgramContext): Promise<number> {
  const { values } = readOptions(args, { json: { type: 'boolean', default: false } })
  const findings = await findingsOf(context)
  const healthy = findings.every(({ status }) => status !== 'fault')
  printLine(context.stdout, values.json ? JSON.stringify({ healthy, findings }) : textOf(findings))
  return healthy ? 0 : 1
}

async function findingsOf(context: ProgramContext): Promise<readonly Finding[]> {
  const node = checkNode(process.version)
  const config = readConfig(context)
  if (config.ok) return [node, ok('settings', 'valid'), ...(await examineAll(config.value, context))]
  // Where servers and ports are is not known, then.
  const advice = 'correct it; docs/configuration.md lists all settings'
  return [node, ...config.reason.split('\n').map((reason) => fault('settings', reason, advice))]
}

async function examineAll(config: Config, { stderr }: ProgramContext): Promise<readonly Finding[]> {
  const log = createLogger('doctor', 'silent', stderr)
  let nats: Nats | null = null
  let database: Database | null = null
  const reached = await Promise.all([
    examine('NATS', CONNECTS_WITHIN_MS, async () => {
      nats = await reachNats(config, log)
      return nats.findings
    }),
    examine('PostgreSQL', CONNECTS_WITHIN_MS, async () => {
      database = await reachDatabase(config, log)
      return database.findings
    }),
  ])
  try {
    const found = await Promise.all(
      [...natsChecks(nats, config), ...databaseChecks(database, nats), ...portChecks(config)].map(([name, look]) =>
        examine(name, ANSWERS_WITHIN_MS, look),
      ),
    )
    return [...reached, ...found].flat()
  } finally {
    await leave(nats, database)
  }
}

type Checks = readonly (readonly [name: string, look: () => Promise<Finding | readonly Finding[]>])[]

function natsChecks(nats: Nats | null, config: Config): Checks {
  const { connection, manager } = nats ?? { connection: null, manager: null }
  if (connection === null || manager === null) return []
  return [
    ['streams', () => checkStreams(manager)],
    ['room on NATS', () => checkRoom(connection)],
    ['messages of the logs', () => whereStreamsAre(() => checkDamage(manager))],
    ['permissions on NATS', () => checkPermissions(connection)],
    ['consumer of the persisters', () => whereStreamsAre(() => checkConsumer(manager))],
    ['risk guardian', () => checkGuardian(connection)],
    ['clock of NATS', () => whereStreamsAre(() => checkClock('clock of NATS', () => natsTime(manager)))],
    ['settings and log', () => whereStreamsAre(() => checkDifferences(manager, config))],
  ]
}

function databaseChecks(database: Database | null, nats: Nats | null): Checks {
  const { client, hasTables } = database ?? { client: null, hasTables: false }
  const manager = nats?.manager ?? null
  if (client === null) return []
  return [
    ['connections', () => checkConnections(client)],
    ['clock of the database', () => checkClock('clock of the database', () => databaseTime(client))],
    ...(hasTables && manager !== null
      ? ([
          ['history', () => whereStreamsAre(() => checkHistory(client, manager))],
          ['history and RISK', () => whereStreamsAre(() => checkHistoryIsKnown(client, manager))],
        ] as const)
      : []),
  ]
}

/** A server that answers nothing does not hold up the end. */
async function leave(nats: Nats | null, database: Database | null): Promise<void> {
  database?.leave()
  const timer = new Promise((resolve) => setTimeout(resolve, LEAVES_WITHIN_MS).unref())
  await Promise.race([nats?.connection?.close(), timer])
}

function textOf(findings: readonly Finding[]): string {
  const rows = findings.map(({ check, status, found, advice }) => [check, status, found, advice ?? ''])
  const faults = findings.filter(({ status }) => status === 'fault').length
  const warnings = findings.filter(({ status }) => status === 'warning').length
  const sum = faults + warnings === 0 ? 'All is well.' : `${faults} faults, ${warnings} warnings.`
  return [...alignedRows([['check', 'status', 'found', 'what to do'], ...rows]), '', sum].join('\n')
}
