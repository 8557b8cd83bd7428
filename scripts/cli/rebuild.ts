import { type Program, type ProgramContext, printLine, readOptions, UsageError } from '@drawbridge/service-kit/program'
import { progressOn } from './progress.ts'
import type { Merged } from './rebuild/merge-tables.ts'
import { type Rebuilt, rebuildHistory, rebuildSnapshot, rebuildSnapshotFromHistory } from './rebuild/rebuild.ts'
import { withDatabase, withNats } from './servers.ts'

const HELP = `Makes tables anew, while persisters go on.

  npm run drawbridge -- rebuild [snapshot | history] [--from log | history] [--json]

  snapshot    risk_state alone (default)
  history     risk_state_history, risk_config_history and risk_state
  --from      log: from RISK (default); history: the snapshot from risk_state_history, for which NATS is not needed
  --json      one JSON object: {"snapshot": {"added": 0, "changed": 0, "removed": 0}, ...}; progress goes to standard error
  --help      this text

What the tables must hold is first written beside them, without anybody waiting; then, in one transaction, the tables are
brought to hold just that. Persisters wait during that transaction, readers do not. Rows that are right stay as they are.
What the history, as configured, does not keep any more does not come back.

Exit codes: 0 done; 1 failed, and nothing is changed; 2 the command line or the settings are not valid.
\`npm run drawbridge -- verify\` tells before and after whether the tables are as the log says.
`

type What = 'snapshot' | 'history'

export const rebuild: Program = { help: HELP, run }

async function run(args: readonly string[], context: ProgramContext): Promise<number> {
  const { what, from, json } = optionsOf(args)
  const rebuilt = await (from === 'history' ? fromHistory(context) : fromLog(what, context))
  printLine(context.stdout, json ? JSON.stringify(rebuilt) : wordsOf(rebuilt))
  return 0
}

function optionsOf(args: readonly string[]): { what: What; from: 'log' | 'history'; json: boolean } {
  const options = { from: { type: 'string', default: 'log' }, json: { type: 'boolean', default: false } } as const
  const { values, positionals } = readOptions(args, options, 1)
  const [what = 'snapshot'] = positionals
  const { from, json } = values
  if (what !== 'snapshot' && what !== 'history')
    throw new UsageError(`rebuild what? snapshot or history, not "${what}"`)
  if (from !== 'log' && from !== 'history') throw new UsageError(`--from must be log or history, got "${from}"`)
  if (what === 'history' && from === 'history') throw new UsageError('the history can be rebuilt from the log alone')
  return { what, from, json }
}

function fromLog(what: What, context: ProgramContext): Promise<Rebuilt> {
  return withNats(context, (connection) =>
    withDatabase(context, 1, async (pool) => {
      const progress = progressOn(context.stderr)('reading')
      const options = {
        connection,
        pool,
        onProgress: progress.to,
        onSwap: () => {
          progress.stop()
          saySwap(context)
        },
      }
      try {
        return await (what === 'history' ? rebuildHistory(options) : rebuildSnapshot(options))
      } finally {
        progress.stop()
      }
    }),
  )
}

function fromHistory(context: ProgramContext): Promise<Rebuilt> {
  return withDatabase(context, 1, (pool) => rebuildSnapshotFromHistory(pool, () => saySwap(context)))
}

function saySwap({ stderr }: ProgramContext): void {
  printLine(stderr, 'changing the tables; persisters wait')
}

function wordsOf({ snapshot, history, configurations, log }: Rebuilt): string {
  const lines = [wordsOfTable('risk_state', snapshot)]
  if (configurations !== null) lines.unshift(wordsOfTable('risk_config_history', configurations))
  if (history !== null) lines.unshift(wordsOfTable('risk_state_history', history))
  if (log !== null)
    lines.push(`From ${log.events} events and ${log.configurations} configurations, up to RISK ${log.end}.`)
  if (log !== null && log.refused > 0) lines.push(`${log.refused} events cannot be kept in a table; verify names them.`)
  return lines.join('\n')
}

function wordsOfTable(name: string, { added, changed, removed }: Merged): string {
  return `${name}: ${added} added, ${changed} changed, ${removed} removed`
}
