import { parseArgs } from 'node:util'
import { inboxPrefixes } from '@drawbridge/contracts'
import { configOrExit, connectNats, createLogger, provision } from '@drawbridge/service-kit'
import { ADOPT, knownLogOf } from './known-log.ts'

const HELP = `Creates the streams INPUTS, RISK and REJECTS where they are missing, and writes the first limits and flags into the
log, once. Safe to repeat. What the log holds is never overwritten.

Where INPUTS was used before, or the database holds the history of another risk log, a new RISK takes the place of one that
was lost: it is made and left to an operator to adopt (docs/recovery.md); until then no guardian judges by it.

  npm run provision -- [--replicas N]

  --replicas N   copies that a NATS cluster keeps of each stream: 1, 3 or 5 (default 1)
  --help         this text

NATS is found by NATS_URL or config.json (default nats://127.0.0.1:4222), the database by DATABASE_URL; it need not be
there. Exit code 0: done, 1: failed, 2: bad usage.
`

const { values } = parseArgs({
  options: { replicas: { type: 'string', default: '1' }, help: { type: 'boolean', default: false } },
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
if (!['1', '3', '5'].includes(values.replicas)) {
  console.error(`--replicas must be 1, 3 or 5, got "${values.replicas}"`)
  process.exit(2)
}
const config = configOrExit()
const log = createLogger('provision', 'warn', 'stderr')
const connection = await connectNats(config.nats, 'drawbridge provision', log, true, inboxPrefixes.admin)
try {
  const knownLog = knownLogOf(config, log, (line) => console.error(line))
  const { created, configured, differences, use } = await provision(
    connection,
    config,
    Number(values.replicas),
    knownLog,
  )
  console.log(created.length === 0 ? 'The streams are there.' : `Created ${created.join(', ')}.`)
  if (use !== 'bound') console.log(ADOPT)
  else
    console.log(configured ? 'The first configuration is written.' : 'The log has a configuration already; it stays.')
  for (const difference of differences) console.log(difference)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  await connection.close()
}
