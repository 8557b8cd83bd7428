import { commandDoor } from '@drawbridge/nats'
import {
  alignedRows,
  type Program,
  type ProgramContext,
  printLine,
  readOptions,
  UsageError,
} from '@drawbridge/service-kit/program'
import { configOf } from '@drawbridge/settings'
import type { NatsConnection } from '@nats-io/transport-node'
import type pg from 'pg'
import { adopt, type Carried, type CarriedTrader, plan, type Word } from './adopt-log/adopt.ts'
import { findDamage } from './adopt-log/find-damage.ts'
import { type Mending, mendingOf, mendingText, planMending, planText } from './adopt-log/mending.ts'
import { rescue } from './adopt-log/rescue.ts'
import { KNOWN_NOWHERE, type Survey, survey } from './adopt-log/survey.ts'
import { signatureOf } from './options.ts'
import { progressOn } from './progress.ts'
import { withDatabase, withNats } from './servers.ts'

const HELP = `Has a new risk log go on where the history ends, after the one that the history was made from was lost or damaged.

  npm run drawbridge -- adopt-log --by who --reason why [--dry-run] [--json]

A RISK that lacks messages is mended: it is sealed, all that is left of it is stored in the history where it is
missing there, and only then it is made again, empty. A RISK that was lost must have been made again (npm run provision) and
hold no decisions. Then the last event of each trader and the configurations are written into it as the history has them;
snapshot and history are bound to it; then guardians go on with each trader's next version, persisters store what comes, and
gates open again without a restart of the bots. INPUTS may be the old one, whose undecided inputs are judged then, or a new
one as well. An end at any moment, by a crash or Ctrl-C, does no harm: run it again.

  --by who       for whom it is adopted; kept with the reason. Who adopts is the user of NATS, else of this machine
  --reason why   why; kept in the table risk_log_adoption, as who adopts is
  --dry-run      show what would be done, and do nothing
  --begin-anew   the database is empty on purpose: every trader begins anew, from what INPUTS holds
  --json         one JSON object; with --dry-run it names every trader
  --help         this text

What was decided and not stored in the database yet when the log was lost is decided again where INPUTS still holds its
input. Read docs/recovery.md first. Exit codes: 0 done, also where it was done before; 1 refused or failed, with what to do;
2 the command line or the settings are not valid.
`

/** More traders are shown with --json alone. */
const SHOWN_MAX = 100

export const adoptLog: Program = { help: HELP, run }

interface Options extends Word {
  readonly dryRun: boolean
  readonly beginAnew: boolean
  readonly json: boolean
}

async function run(args: readonly string[], context: ProgramContext): Promise<number> {
  const options = optionsOf(args, commandDoor(configOf(context).nats).author)
  return withNats(context, (connection) =>
    withDatabase(context, 2, (pool) => withLock(pool, (client) => work(connection, pool, client, options, context))),
  )
}

function optionsOf(args: readonly string[], author: string): Options {
  const flag = { type: 'boolean', default: false } as const
  const text = { type: 'string' } as const
  const { values } = readOptions(args, { by: text, reason: text, 'dry-run': flag, 'begin-anew': flag, json: flag })
  const { by: onBehalfOf = '', reason: why = '' } = values
  if (onBehalfOf.trim() === '') throw new UsageError('--by is missing: for whom is the log adopted?')
  if (why.trim() === '') throw new UsageError('--reason is missing: why is the log adopted?')
  return {
    ...signatureOf(author, onBehalfOf, why),
    dryRun: values['dry-run'],
    beginAnew: values['begin-anew'],
    json: values.json,
  }
}

/** One at a time: what one stores, the log would refuse to the other. */
async function withLock<T>(pool: pg.Pool, workWith: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    const { rows } = await client.query<{ got: boolean }>(
      `SELECT pg_try_advisory_lock(hashtextextended('drawbridge adopt-log', 0)) AS got`,
    )
    if (rows[0]?.got !== true) throw new Error('adopt-log is running elsewhere')
    return await workWith(client)
  } finally {
    // The lock ends with its connection.
    client.release(true)
  }
}

async function work(
  connection: NatsConnection,
  pool: pg.Pool,
  client: pg.PoolClient,
  options: Options,
  { stdout, stderr }: ProgramContext,
): Promise<number> {
  const { dryRun, beginAnew, json } = options
  const startProgress = progressOn(stderr)
  const damaged = beginAnew ? null : await findDamage(connection, client)
  if (damaged !== null && dryRun) {
    const planned = await planMending(client, damaged)
    printLine(
      stdout,
      json ? JSON.stringify({ done: 'nothing', ...planned }) : planText(planned, tableOf(planned.traders)),
    )
    return 0
  }
  const stored = damaged === null ? null : await rescue(connection, pool, damaged, startProgress)
  const mending = damaged === null || stored === null ? null : await mendingOf(client, damaged, stored)
  const found = await survey(connection, client, beginAnew)
  if (found.adoption !== null && found.held.stage === 'open' && found.adoption.finishedAt !== null) {
    const { by, finishedAt } = found.adoption
    const { created } = found.risk
    const at = finishedAt.toISOString()
    const before = `RISK, created ${created}, was adopted before: by ${by}, at ${at}. ${KNOWN_NOWHERE}.`
    printLine(stdout, json ? JSON.stringify({ done: 'before', log: created, by, at }) : before)
    return 0
  }
  const carried = await plan(connection, client, found, options, startProgress)
  const adoption = dryRun ? carried.adoption : await adopt(connection, client, found, options, startProgress)
  const result = { ...carried, adoption }
  const summary = { ...summaryOf(found, result, dryRun), ...(mending === null ? {} : { mending }) }
  printLine(stdout, json ? JSON.stringify(summary) : textOf(found, result, dryRun, mending))
  return 0
}

function summaryOf({ risk, continues }: Survey, carried: Carried, dryRun: boolean): object {
  const { adoption, isNewInputs, traders, configurations } = carried
  const { by, reason, inputsCreated, inputsOffset, settled } = adoption
  return {
    done: dryRun ? 'nothing' : 'now',
    log: risk.created,
    continues,
    inputs: { created: inputsCreated, new: isNewInputs, offset: inputsOffset, settled },
    traders: dryRun ? traders : traders.length,
    paused: traders.filter(({ paused }) => paused).length,
    configurations: configurations.map(({ kind, inputSeq, reason: why }) => ({ kind, inputSeq, reason: why })),
    by,
    reason,
  }
}

function textOf(
  { risk, continues }: Survey,
  { adoption, isNewInputs, traders, configurations }: Carried,
  dryRun: boolean,
  mending: Mending | null,
) {
  const { inputsOffset, settled } = adoption
  const [lost] = continues
  const inputs = isNewInputs
    ? `INPUTS is new: its inputs are counted from ${inputsOffset + 1} on`
    : `INPUTS is the old one: inputs are judged from ${settled + 1} on`
  const lines = [
    ...mendingText(mending),
    lost === undefined
      ? `RISK, created ${risk.created}, ${dryRun ? 'would begin' : 'begins'} anew.`
      : `RISK, created ${risk.created}, ${dryRun ? 'would take' : 'takes'} the place of the one created ${lost}.`,
    `${inputs}. ${traders.length} traders, ${traders.filter(({ paused }) => paused).length} of them paused, and ` +
      `${configurations.length} configurations ${dryRun ? 'would be' : 'are'} carried over.`,
  ]
  if (dryRun) return [...lines, ...tableOf(traders), 'Nothing was done.'].join('\n')
  if (lost === undefined)
    lines.push('Where INPUTS holds no configuration any more, npm run provision writes the first one.')
  return [...lines, 'Start guardians and persisters that have ended; gates open by themselves.'].join('\n')
}

function tableOf(traders: readonly CarriedTrader[]): readonly string[] {
  const titles = ['trader', 'next version', 'last event', 'of', 'trading']
  const cells = traders
    .slice(0, SHOWN_MAX)
    .map((last) => [last.trader, String(last.version + 1), last.type, last.effectiveAt, tradingOf(last)])
  const more = traders.length - SHOWN_MAX
  return ['', ...alignedRows([titles, ...cells]), ...(more > 0 ? [`  and ${more} more; --json names all`] : []), '']
}

function tradingOf({ paused, pausedUntil }: CarriedTrader): string {
  if (!paused) return 'allowed'
  return pausedUntil === null ? 'paused until an operator resumes' : `paused until ${pausedUntil}`
}
