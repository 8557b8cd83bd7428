import { commandDoor } from '@drawbridge/nats'
import { alignedRows, type Program, printLine, readOptions, UsageError } from '@drawbridge/service-kit/program'
import { configOf } from '@drawbridge/settings'
import type pg from 'pg'
import { adopt, type CarriedTrader, plan } from './adopt-log/adopt.ts'
import { findDamage, planRepair, planText, type Repair, repairOf, repairText } from './adopt-log/damage.ts'
import type { Author } from './adopt-log/record.ts'
import { rescue } from './adopt-log/rescue.ts'
import { type Survey, survey, UNKNOWN_END } from './adopt-log/survey.ts'
import { flag, signatureOf, text, tradingInWords } from './options.ts'
import { progressOn, type StartProgress } from './progress.ts'
import { withDatabase, withNats } from './servers.ts'

const HELP = `Makes a new risk log continue where the history ends, after the log of the history was lost or damaged.

  npm run drawbridge -- adopt-log --by who --reason why [--dry-run] [--json]

A RISK with missing messages is repaired: it is sealed, its remaining events are stored in the history if they are missing
there, and only then it is recreated, empty. A lost RISK must have been recreated (npm run provision) and hold no decisions.
Then the last event of each trader and the configurations are copied from the history into RISK; snapshot and history are
bound to it; then guardians continue with each trader's next version, persisters store new events, and gates open again
without a restart of the bots. INPUTS may be the old one, whose undecided inputs are judged then, or a new one. If it is
interrupted at any moment, by a crash or Ctrl-C, run it again.

  --by who       on whose behalf; kept with the reason. The author is the NATS user, or else the user of this machine
  --reason why   why; kept in the table risk_log_adoption, with the author
  --dry-run      show what would be done, and do nothing
  --start-over   the database is empty on purpose: every trader starts from scratch, from the content of INPUTS
  --json         one JSON object; with --dry-run it lists every trader
  --help         this text

Decisions that were not stored in the database when the log was lost are made again, if INPUTS still holds their inputs. Read
docs/recovery.md first. Exit codes: 0 done, now or before; 1 refused or failed, with what to do; 2 the command line or the
settings are not valid.
`

/** Only --json lists more traders. */
const SHOWN_MAX = 100

/** What was done or would be done: as text, and as JSON. */
interface Result {
  readonly text: string
  readonly json: object
}

export const adoptLog: Program = {
  help: HELP,
  async run(args, context) {
    const words = { ...text, default: '' } as const
    const { values } = readOptions(args, { by: words, reason: words, 'dry-run': flag, 'start-over': flag, json: flag })
    const { by, reason, 'dry-run': dryRun, 'start-over': startOver } = values
    if (by.trim() === '') throw new UsageError('--by is missing: for whom is the log adopted?')
    if (reason.trim() === '') throw new UsageError('--reason is missing: why is the log adopted?')
    const signature = signatureOf(commandDoor(configOf(context).nats).author, by, reason)
    const startProgress = progressOn(context.stderr)
    const result = await withNats(context, (connection) =>
      withDatabase(context, 2, (pool) =>
        withLock(pool, async (client) => {
          const damaged = startOver ? null : await findDamage(connection, client)
          if (damaged !== null && dryRun) {
            const planned = await planRepair(client, damaged)
            return { text: planText(planned, tableOf(planned.traders)), json: { done: 'nothing', ...planned } }
          }
          const stored = damaged && (await rescue(connection, pool, damaged, startProgress))
          const repair = damaged && stored && (await repairOf(client, damaged, stored.rejected))
          const found = await survey(connection, client, startOver)
          return adoptFound(found, repair, signature, dryRun, startProgress)
        }),
      ),
    )
    printLine(context.stdout, values.json ? JSON.stringify(result.json) : result.text)
    return 0
  },
}

/** One run at a time: the log would refuse the events of a second one. */
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

async function adoptFound(
  found: Survey,
  repair: Repair | null,
  signature: Author,
  dryRun: boolean,
  startProgress: StartProgress,
): Promise<Result> {
  const { risk, continues, held, adoption: earlier } = found
  if (earlier !== null && held.stage === 'open' && earlier.finishedAt !== null) {
    const [log, by, at] = [risk.created, earlier.by, earlier.finishedAt.toISOString()]
    const text = `RISK, created ${log}, was adopted before: by ${by}, at ${at}. ${UNKNOWN_END}.`
    return { text, json: { done: 'before', log, by, at } }
  }
  const carried = await plan(found, signature, startProgress)
  const adoption = dryRun ? carried.adoption : await adopt(found, signature, startProgress)
  const { isNewInputs, traders, configurations } = carried
  const { by, reason, inputsCreated, inputsOffset, settled } = adoption
  const paused = traders.filter((trader) => trader.paused).length
  const json = {
    done: dryRun ? 'nothing' : 'now',
    log: risk.created,
    continues,
    inputs: { created: inputsCreated, new: isNewInputs, offset: inputsOffset, settled },
    traders: dryRun ? traders : traders.length,
    paused,
    configurations: configurations.map(({ kind, inputSeq, reason: why }) => ({ kind, inputSeq, reason: why })),
    by,
    reason,
    ...(repair && { mending: repair }),
  }
  const [lost] = continues
  const lines = [
    ...repairText(repair),
    lost === undefined
      ? `RISK, created ${risk.created}, ${dryRun ? 'would start' : 'starts'} from scratch.`
      : `RISK, created ${risk.created}, ${dryRun ? 'would replace' : 'replaces'} the one created ${lost}.`,
    isNewInputs
      ? `INPUTS is new: its inputs are counted from ${inputsOffset + 1} on.`
      : `INPUTS is the old one: inputs are judged from ${settled + 1} on.`,
    `${traders.length} traders, ${paused} of them paused, and ${configurations.length} configurations ` +
      `${dryRun ? 'would be' : 'are'} carried over.`,
  ]
  if (dryRun) lines.push(...tableOf(traders), 'Nothing was done.')
  else {
    if (lost === undefined) lines.push('If INPUTS holds no configuration, npm run provision writes the first one.')
    lines.push('Start guardians and persisters that have ended; gates open by themselves.')
  }
  return { text: lines.join('\n'), json }
}

function tableOf(traders: readonly CarriedTrader[]): readonly string[] {
  const titles = ['trader', 'next version', 'last event', 'of', 'trading']
  const cells = traders
    .slice(0, SHOWN_MAX)
    .map((last) => [
      last.trader,
      String(last.version + 1),
      last.type,
      last.effectiveAt,
      tradingInWords(last.paused, last.pausedUntil),
    ])
  const more = traders.length - SHOWN_MAX
  return ['', ...alignedRows([titles, ...cells]), ...(more > 0 ? [`  and ${more} more; --json names all`] : []), '']
}
