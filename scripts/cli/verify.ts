import { setTimeout as delay } from 'node:timers/promises'
import { durables, streams } from '@drawbridge/contracts'
import { boundTo, OtherEpochError } from '@drawbridge/history'
import { isConsumerMissing, lastSeqOf, readStream } from '@drawbridge/nats'
import { type Program, printLine, readOptions } from '@drawbridge/service-kit/program'
import type { NatsConnection } from '@nats-io/transport-node'
import type pg from 'pg'
import { flag, readInteger, text } from './options.ts'
import { progressOn } from './progress.ts'
import { logItems, readLogBinding } from './risk-log.ts'
import { managerOf, withClient, withNats } from './servers.ts'
import { ConfigCheck } from './verify/check-configs.ts'
import { DecisionCheck, type DecisionCounts } from './verify/check-decisions.ts'
import { HistoryCheck } from './verify/check-history.ts'
import { checkLimitStates } from './verify/check-limit-states.ts'
import { checkSnapshot } from './verify/check-snapshot.ts'
import { findExtras } from './verify/find-extras.ts'
import { type Finding, lineOf } from './verify/finding.ts'

const HELP = `Compares the log (RISK) with the history, the history of configurations and the snapshot: by trader and version, every column
except updated_at; and the limits in risk_limit_state with those of the snapshot. Then judges the inputs that INPUTS still holds
again, and compares the results with the log.

  npm run drawbridge -- verify [--wait seconds] [--tables-only] [--json]

  --wait seconds   how long persisters may take to store the events in the log at the start (default 10); other events
                   are then reported as missing
  --tables-only    judge nothing
  --json           each finding as a JSON object on its own line, and as the last line the totals:
                   {"sound": true, "findings": 0, ...}
  --help           this text

Lists every difference:

  missing, extra      the log has it and the table has not; the table has it and the log has not
  different           both have it, with different values in the listed columns
  behind, ahead       the snapshot is at an earlier, or a later, event than the last one of the log
  unreadable          an event of the log that no table can hold
  disordered          an event of the log whose version does not follow that of the one before it
  decided-otherwise   an event that the rules would not have made, or would have made differently
  undecided           an input for which the rules make an event that the log does not have

Events of other versions of the rules, and events whose inputs have left INPUTS, are counted and not judged. Nothing is
written. Persisters and guardians may continue: events after the last one at the start are not compared. Needs NATS and the
database. Exit codes: 0 no differences; 1 differences, or it failed; 2 the command line or the settings are not valid.
\`npm run drawbridge -- rebuild\` repairs the tables; the log is never rewritten.
`

const WAIT_MAX_SECONDS = 3_600
const LOOK_EVERY_MS = 100

export const verify: Program = {
  help: HELP,
  async run(args, context) {
    const { values } = readOptions(args, {
      wait: { ...text, default: '10' },
      'tables-only': flag,
      json: flag,
    })
    const { stdout, stderr } = context
    const waitMs = 1_000 * readInteger('--wait', values.wait, 0, WAIT_MAX_SECONDS)
    const onFinding = (finding: Finding) => printLine(stdout, values.json ? JSON.stringify(finding) : lineOf(finding))
    const verified = await withNats(context, (connection) =>
      withClient(context, async (client) => {
        await client.query('SET default_transaction_read_only = on')
        const progress = progressOn(stderr)('comparing')
        try {
          return await compare(connection, client, waitMs, !values['tables-only'], onFinding, progress.to)
        } finally {
          progress.stop()
        }
      }),
    )
    printLine(stdout, values.json ? JSON.stringify(verified) : wordsOf(verified))
    return verified.sound ? 0 : 1
  },
}

interface Verified {
  /** Whether there was no finding. */
  readonly sound: boolean
  readonly findings: number
  /** The last sequence of RISK that was compared. */
  readonly end: number
  /** Up to which sequence of RISK persisters had stored everything when the comparison began. */
  readonly storedUpTo: number
  readonly traders: number
  readonly events: number
  readonly configurations: number
  /** Events that the history, as configured, does not keep any more. */
  readonly dropped: number
  /** What was judged again; a string: why nothing was; null: it was not requested. */
  readonly decisions: DecisionCounts | string | null
}

/**
 * Compares log, history and snapshot, and the decisions of the log with the rules. The log is read once, in order, up to its
 * end at the start, in chunks, at most two of them in memory; the rows of a chunk are looked up by their keys. In
 * addition there are a few numbers for each trader. Persisters may continue: later events are not compared.
 * @param waitMs how long persisters may take to store the events in the log at the start, milliseconds
 * @param judges whether decisions are judged again, too
 * @param onProgress called now and then with the sequence of RISK up to which everything is compared, and the last one
 */
async function compare(
  connection: NatsConnection,
  client: pg.PoolClient,
  waitMs: number,
  judges: boolean,
  onFinding: (finding: Finding) => void,
  onProgress: (seq: number, end: number) => void,
): Promise<Verified> {
  let findings = 0
  const report = (finding: Finding) => {
    findings += 1
    onFinding(finding)
  }
  const binding = await readLogBinding(connection)
  const bound = (await boundTo(client)) ?? binding.created
  if (bound !== binding.created) throw new OtherEpochError(binding.created, bound)
  const end = await lastSeqOf(connection, streams.risk)
  const storedUpTo = await waitForPersisters(connection, end, waitMs)

  const comparison = { connection, client, end, report }
  const history = new HistoryCheck(comparison)
  const configs = new ConfigCheck(comparison)
  const decisions = judges ? await DecisionCheck.open(comparison, binding) : null
  for await (const messages of readStream(connection, { stream: streams.risk, from: 1, to: end })) {
    const items = messages.flatMap((message) => {
      const { subject: of, seq: streamSeq } = message
      return logItems(message, binding.continues, (says) => {
        report({ finding: 'unreadable', where: streams.risk, of, version: null, streamSeq, says })
      })
    })
    await history.take(items.filter((item) => item.kind === 'event'))
    await configs.take(items.filter((item) => item.kind === 'config'))
    if (decisions instanceof DecisionCheck) await decisions.take(messages)
    onProgress(messages.at(-1)?.seq ?? end, end)
  }
  const { traders, counts } = history
  await findExtras(comparison, traders)
  await configs.findExtras()
  const wrong = await checkSnapshot(comparison, traders)
  await checkLimitStates(comparison, wrong)
  if (decisions instanceof DecisionCheck) await decisions.finish()
  return {
    sound: findings === 0,
    findings,
    end,
    storedUpTo,
    traders: traders.size,
    events: counts.events,
    configurations: configs.count,
    dropped: counts.dropped,
    decisions: decisions instanceof DecisionCheck ? decisions.counts : decisions,
  }
}

/**
 * Waits until persisters have stored every event up to a sequence of RISK; acknowledged events are committed.
 * @param withinMs gives up after this time
 * @returns how far they have stored everything; less than `end` if they are behind, 0 if there never was one
 */
async function waitForPersisters(connection: NatsConnection, end: number, withinMs: number): Promise<number> {
  const manager = await managerOf(connection)
  const deadline = performance.now() + withinMs
  for (;;) {
    try {
      const info = await manager.consumers.info(streams.risk, durables.persister)
      // The server counts a message as pending a moment after it has stored it.
      const isDone = info.delivered.stream_seq >= end && info.num_pending + info.num_ack_pending === 0
      if (isDone || info.ack_floor.stream_seq >= end || performance.now() >= deadline) {
        return isDone ? end : Math.min(end, info.ack_floor.stream_seq)
      }
    } catch (error) {
      if (!isConsumerMissing(error)) throw error
      return 0
    }
    await delay(LOOK_EVERY_MS)
  }
}

function wordsOf(verified: Verified): string {
  const { sound, findings, end, storedUpTo, events, traders, configurations, dropped, decisions } = verified
  const compared = `${events} events of ${traders} traders and ${configurations} configurations, up to RISK ${end}`
  const lines = [sound ? `No differences: ${compared}.` : `${findings} differences: ${compared}.`]
  if (decisions !== null) lines.push(wordsOfDecisions(decisions))
  if (dropped > 0) lines.push(`${dropped} events are older than what the history keeps.`)
  if (storedUpTo < end) lines.push(`Persisters had stored everything up to RISK ${storedUpTo}: see that one runs.`)
  return lines.join('\n')
}

function wordsOfDecisions(decisions: DecisionCounts | string): string {
  if (typeof decisions === 'string') return `Nothing was judged again: ${decisions}.`
  const { rulesVersion, judged, otherRules, withoutInput } = decisions
  const others = [
    ...(otherRules > 0 ? [`${otherRules} are of other rules`] : []),
    ...(withoutInput > 0 ? [`${withoutInput} of inputs that are not there any more`] : []),
  ]
  return `${[`${judged} events were judged again by rules ${rulesVersion}`, ...others].join('; ')}.`
}
