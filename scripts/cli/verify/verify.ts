import { streams } from '@drawbridge/contracts'
import { boundTo, OtherEpochError } from '@drawbridge/history'
import { lastSeqOf, readStream, type StreamMessage } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientBase } from 'pg'
import { readLogBinding } from '../log-binding.ts'
import { type LogItem, logItem } from '../log-item.ts'
import { ConfigCheck } from './check-configs.ts'
import { DecisionCheck, type DecisionCounts } from './check-decisions.ts'
import { HistoryCheck } from './check-history.ts'
import { checkSnapshot } from './check-snapshot.ts'
import { findExtras } from './find-extras.ts'
import type { Finding } from './finding.ts'
import { waitForPersisters } from './wait-for-persisters.ts'

export interface Verification {
  readonly connection: NatsConnection
  /** Used by nobody else meanwhile; nothing is written. */
  readonly client: ClientBase
  /** How long persisters may take to store what the log held at the start, milliseconds. */
  readonly waitMs: number
  /** Whether the decisions are judged again, too. */
  readonly decisions: boolean
  readonly onFinding: (finding: Finding) => void
  /** Called now and then with the sequence of RISK up to which all is compared, and the last one. */
  readonly onProgress?: (seq: number, end: number) => void
}

export interface Verified {
  /** Whether there was no finding. */
  readonly sound: boolean
  readonly findings: number
  /** The last sequence of RISK that was looked at. */
  readonly end: number
  /** Up to which sequence of RISK persisters had stored everything when the comparison began. */
  readonly storedUpTo: number
  readonly traders: number
  readonly events: number
  readonly configurations: number
  /** Events that the history, as configured, does not keep any more. */
  readonly dropped: number
  /** What was judged again; a string: why nothing was; null: it was not asked for. */
  readonly decisions: DecisionCounts | string | null
}

/**
 * Compares log, history and snapshot, and the decisions of the log with the rules. The log is read once, in its order, up
 * to where it ended at the start, in chunks, two of them in memory at most; the rows of a chunk are looked up by their keys.
 * Beside that there are a few numbers for each trader. Persisters may go on: what they store of later events is not looked
 * at.
 */
export async function verify(options: Verification): Promise<Verified> {
  const { connection, client, onFinding, onProgress } = options
  let findings = 0
  const report = (finding: Finding) => {
    findings += 1
    onFinding(finding)
  }
  const binding = await readLogBinding(connection)
  const { continues } = binding
  const bound = (await boundTo(client)) ?? binding.created
  if (bound !== binding.created) throw new OtherEpochError(binding.created, bound)
  const end = await lastSeqOf(connection, streams.risk)
  const storedUpTo = await waitForPersisters(connection, end, options.waitMs)

  const history = new HistoryCheck(client, end, report)
  const configs = new ConfigCheck(client, report)
  const decisions = options.decisions ? await DecisionCheck.open(connection, binding, report) : null
  for await (const messages of readStream(connection, { stream: streams.risk, from: 1, to: end })) {
    const items = messages.map((message) => itemOf(message, continues, report)).filter((item) => item !== null)
    await history.take(items.filter((item) => item.kind === 'event'))
    await configs.take(items.filter((item) => item.kind === 'config'))
    if (decisions instanceof DecisionCheck) await decisions.take(messages)
    onProgress?.(messages.at(-1)?.seq ?? end, end)
  }
  const { traders, counts } = history
  await findExtras({ client, connection, traders, end, report })
  await configs.findExtras(connection, end)
  await checkSnapshot({ client, connection, traders, end, report })
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

function itemOf(message: StreamMessage, continues: boolean, report: (finding: Finding) => void): LogItem | null {
  return logItem(message, continues, (says) => {
    const { subject: of, seq: streamSeq } = message
    report({ finding: 'unreadable', where: streams.risk, of, version: null, streamSeq, says })
  })
}
