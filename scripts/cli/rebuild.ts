import { streams } from '@drawbridge/contracts'
import { claimEpoch, OtherEpochError } from '@drawbridge/history'
import { createHistoryPartitions, detectStorage } from '@drawbridge/migrations'
import { lastSeqOf } from '@drawbridge/nats'
import { type Program, printLine, readOptions, UsageError } from '@drawbridge/service-kit/program'
import type { NatsConnection } from '@nats-io/transport-node'
import type pg from 'pg'
import { flag, text } from './options.ts'
import { progressOn } from './progress.ts'
import {
  advanceFromHistory,
  advanceFromShadow,
  catchUpWithHistory,
  createShadowState,
  Shadow,
  type ShadowCounts,
} from './rebuild/shadow.ts'
import { type Merged, mergeConfigs, mergeHistory, mergeLimitStates, mergeSnapshot, swap } from './rebuild/swap.ts'
import { readLogBinding } from './risk-log.ts'
import { withDatabase, withNats } from './servers.ts'

const HELP = `Rebuilds tables, while persisters continue.

  npm run drawbridge -- rebuild [snapshot | history] [--from log | history] [--json]

  snapshot    only risk_state and risk_limit_state (default)
  history     risk_state_history and risk_config_history, too
  --from      log: from RISK (default); history: the snapshot from risk_state_history, without NATS
  --json      one JSON object: {"snapshot": {"added": 0, "changed": 0, "removed": 0}, ...}; progress goes to standard error
  --help      this text

The right content of the tables is first written into temporary tables, without a lock; then the tables are changed to match,
in one transaction. Persisters wait during that transaction, readers do not. Rows that are right do not change. Events that
the history, as configured, no longer keeps do not come back.

Exit codes: 0 done; 1 failed, and nothing is changed; 2 the command line or the settings are not valid.
\`npm run drawbridge -- verify\` shows before and after whether the tables match the log.
`

type What = 'snapshot' | 'history'

export const rebuild: Program = {
  help: HELP,
  async run(args, context) {
    const { values, positionals } = readOptions(args, { from: { ...text, default: 'log' }, json: flag }, 1)
    const [what = 'snapshot'] = positionals
    const { from, json } = values
    if (what !== 'snapshot' && what !== 'history') {
      throw new UsageError(`rebuild what? snapshot or history, not "${what}"`)
    }
    if (from !== 'log' && from !== 'history') throw new UsageError(`--from must be log or history, got "${from}"`)
    if (what === 'history' && from === 'history') throw new UsageError('the history can be rebuilt only from the log')
    const sayWait = () => printLine(context.stderr, 'changing the tables; persisters wait')
    const fromLog = (connection: NatsConnection, pool: pg.Pool) => {
      const progress = progressOn(context.stderr)('reading')
      const onSwap = () => {
        progress.stop()
        sayWait()
      }
      return rebuildFromLog(connection, pool, what, progress.to, onSwap).finally(progress.stop)
    }
    const rebuilt = await (from === 'history'
      ? withDatabase(context, 1, (pool) => rebuildFromHistory(pool, sayWait))
      : withNats(context, (connection) => withDatabase(context, 1, (pool) => fromLog(connection, pool))))
    printLine(context.stdout, json ? JSON.stringify(rebuilt) : wordsOf(rebuilt))
    return 0
  },
}

/** How the tables were changed to match the log; null: not examined. */
interface Rebuilt {
  readonly snapshot: Merged
  readonly limits: Merged
  readonly history: Merged | null
  readonly configurations: Merged | null
  /** What was read of the log; null: nothing was. */
  readonly log: (ShadowCounts & { readonly end: number }) | null
}

/** While the log grows by more events than this as it is copied, copying continues without anybody waiting. */
const TAIL_MAX = 1_000
const ROUNDS_MAX = 10

/**
 * Rebuilds the snapshot from the last event of each trader in the log, or all tables from all events. Fills the shadows up to
 * the end of the log without a lock, and adds the few events that came meanwhile while persisters wait: then the shadows hold
 * everything that any persister can have committed, and what one stores again afterwards is there already.
 * @param onProgress called now and then with the sequence of RISK up to which the shadow is filled, and the last one
 * @param onSwap called when persisters begin to wait
 */
export async function rebuildFromLog(
  connection: NatsConnection,
  pool: pg.Pool,
  what: What,
  onProgress: (seq: number, end: number) => void = () => undefined,
  onSwap: () => void = () => undefined,
): Promise<Rebuilt> {
  const { created, continues } = await readLogBinding(connection)
  return withOwnClient(pool, async (client) => {
    const claimed = await claimEpoch(client, created)
    if (claimed !== created) throw new OtherEpochError(created, claimed)
    const shadow = await Shadow.create(client, connection, continues)
    let end = await lastSeqOf(connection, streams.risk)
    await shadow.copy({ from: 1, to: end, newestOnly: what === 'snapshot' }, (seq) => onProgress(seq, end))
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const now = await lastSeqOf(connection, streams.risk)
      const grown = now - end
      await shadow.copy({ from: end + 1, to: now }, (seq) => onProgress(seq, now))
      end = now
      if (grown <= TAIL_MAX) break
    }
    if (what === 'history') {
      await createPartitions(client, shadow)
      await client.query('ANALYZE shadow_history')
    }
    await createShadowState(client)
    await advanceFromShadow(client, 0)
    await client.query('ANALYZE shadow_state')
    onSwap()
    const copied = { ...shadow.counts }
    return swap(client, async () => {
      Object.assign(shadow.counts, copied)
      const last = await lastSeqOf(connection, streams.risk)
      if (last > end) {
        await shadow.copyWithin({ from: end + 1, to: last })
        await advanceFromShadow(client, end)
        if (what === 'history') await createPartitions(client, shadow)
      }
      const history = what === 'history' ? await mergeHistory(client) : null
      const configurations = what === 'history' ? await mergeConfigs(client) : null
      const snapshot = await mergeSnapshot(client)
      const limits = await mergeLimitStates(client)
      return { snapshot, limits, history, configurations, log: { ...shadow.counts, end: last } }
    })
  })
}

/** Rebuilds the snapshot from the last row of each trader in the history. Needs no log. */
function rebuildFromHistory(pool: pg.Pool, onSwap: () => void): Promise<Rebuilt> {
  return withOwnClient(pool, async (client) => {
    await createShadowState(client)
    await advanceFromHistory(client)
    await client.query('ANALYZE shadow_state')
    onSwap()
    return swap(client, async () => {
      await catchUpWithHistory(client)
      const snapshot = await mergeSnapshot(client)
      const limits = await mergeLimitStates(client)
      return { snapshot, limits, history: null, configurations: null, log: null }
    })
  })
}

/** Creates the partitions that events of the shadow need, if the history has partitions. */
async function createPartitions(client: pg.ClientBase, { months }: Shadow): Promise<void> {
  if ((await detectStorage(client)) === 'postgresql') await createHistoryPartitions(client, [...months].sort())
}

/** A connection that is closed after the work, so that its temporary tables are dropped. */
async function withOwnClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    // For joins of a shadow with its table.
    await client.query(`SET work_mem = '64MB'`)
    return await work(client)
  } finally {
    client.release(true)
  }
}

function wordsOf({ snapshot, limits, history, configurations, log }: Rebuilt): string {
  const lines = [wordsOfTable('risk_state', snapshot), wordsOfTable('risk_limit_state', limits)]
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
