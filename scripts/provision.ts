import { inboxPrefixes } from '@drawbridge/contracts'
import { ADOPT, knownLogOf } from '@drawbridge/history'
import { connectNats } from '@drawbridge/nats'
import { createLogger, differenceTable, provision, TO_APPLY } from '@drawbridge/service-kit'
import {
  type Program,
  printLine,
  processContext,
  readOptions,
  runProgram,
  UsageError,
} from '@drawbridge/service-kit/program'
import { configOf, limitWarningsOf } from '@drawbridge/settings'

const HELP = `Creates missing streams (INPUTS, RISK, REJECTS), and writes the first limits and flags into the log, once. Safe to repeat.
The content of the log is never overwritten.

If INPUTS was used before, or the database holds the history of another risk log, a new RISK replaces one that was lost: it
is created, and an operator must adopt it (docs/recovery.md) before guardians use it.

  npm run provision -- [--replicas N]

  --replicas N   copies that a NATS cluster keeps of each stream: 1, 3 or 5 (default 1)
  --help         this text

NATS is that of NATS_URL or config.json (default nats://127.0.0.1:4222), the database that of DATABASE_URL; it may be
unavailable. Exit code 0: done, 1: failed, 2: bad usage.
`

export const provisionProgram: Program = {
  help: HELP,
  hint: '  npm run provision -- --help   lists the options',
  async run(args, context) {
    const { replicas } = readOptions(args, { replicas: { type: 'string', default: '1' } }).values
    if (!['1', '3', '5'].includes(replicas)) throw new UsageError(`--replicas must be 1, 3 or 5, got "${replicas}"`)
    const config = configOf(context)
    const { stdout, stderr } = context
    const log = createLogger('provision', 'warn', stderr)
    const connection = await connectNats(config.nats, 'drawbridge provision', log, true, inboxPrefixes.admin)
    try {
      const knownLog = knownLogOf(config, log, (line) => printLine(stderr, line))
      const { created, configured, differences, use } = await provision(connection, config, Number(replicas), knownLog)
      printLine(stdout, created.length === 0 ? 'The streams exist.' : `Created ${created.join(', ')}.`)
      const first = configured
        ? 'The first configuration is written.'
        : 'The log already has a configuration, which is kept.'
      printLine(stdout, use === 'bound' ? first : ADOPT)
      for (const warning of limitWarningsOf(config)) printLine(stdout, warning)
      if (differences.length > 0) {
        for (const line of ['The settings differ from the log:', ...differenceTable(differences), TO_APPLY])
          printLine(stdout, line)
      }
      return 0
    } finally {
      await connection.close()
    }
  },
}

process.exitCode = await runProgram(provisionProgram, process.argv.slice(2), processContext())
