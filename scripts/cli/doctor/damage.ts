import {
  damageReason,
  inputLogDamage,
  rangesOf,
  riskLogDamage,
  type SequenceRange,
  streams,
  type TraderId,
} from '@drawbridge/contracts'
import type { JetStreamManager } from '@nats-io/jetstream'
import type pg from 'pg'
import { unreadableRisk } from '../unreadable-risk.ts'
import { type Finding, fault, ok } from './finding.ts'

const SHOWN_MAX = 10
const MEND = 'read docs/recovery.md, then: npm run drawbridge -- adopt-log --by <who> --reason <why> --dry-run'
const INPUTS_GONE =
  'nothing brings them back: look with nats stream view INPUTS what stands around them, and give commands again'

/** Whether messages of the logs are missing, and which. */
export async function checkDamage(manager: JetStreamManager): Promise<readonly Finding[]> {
  const details = { deleted_details: true }
  const risk = await manager.streams.info(streams.risk, details)
  const inputs = await manager.streams.info(streams.inputs, details)
  const [ofRisk, ofInputs] = [riskLogDamage(risk) ?? (await unreadableRisk(manager)), inputLogDamage(inputs)]
  const first = risk.state.first_seq
  const before = first > 1 ? [{ from: 1, to: first - 1 }] : []
  return [
    ofRisk === null
      ? ok('messages of RISK', 'none is missing')
      : fault('messages of RISK', `${damageReason(ofRisk)}${rangesText([...before, ...missingOf(risk.state)])}`, MEND),
    ofInputs === null
      ? ok('messages of INPUTS', 'none is missing between the first and the last')
      : fault('messages of INPUTS', `${damageReason(ofInputs)}${rangesText(missingOf(inputs.state))}`, INPUTS_GONE),
  ]
}

/** Whether the history knows a later event of a trader than RISK does. */
export async function checkHistoryIsKnown(client: pg.Client, manager: JetStreamManager): Promise<Finding> {
  const check = 'history and RISK'
  const { created, state } = await manager.streams.info(streams.risk, { deleted_details: true })
  const missing = [...missingOf(state), { from: state.last_seq + 1, to: Number.MAX_SAFE_INTEGER }]
  const { rows } = await client.query<{ trader: TraderId; version: string }>(
    // What an adoption took over bears the sequence that it had in the log before.
    `SELECT trader_id AS trader, version FROM risk_state
     JOIN unnest($1::bigint[], $2::bigint[]) AS missing (first, last) ON stream_seq BETWEEN first AND last
     WHERE updated_at > coalesce((SELECT max(finished_at) FROM risk_log_adoption), '-infinity')
       AND EXISTS (SELECT FROM risk_log_epoch WHERE stream = $3 AND created = $4)
     ORDER BY trader_id`,
    [missing.map(({ from }) => from), missing.map(({ to }) => to), streams.risk, created],
  )
  if (rows.length === 0) return ok(check, 'RISK has the last event of each trader in the history')
  const some = rows.slice(0, SHOWN_MAX).map(({ trader, version }) => `${trader} (version ${version})`)
  const more = rows.length > SHOWN_MAX ? ` and ${rows.length - SHOWN_MAX} more` : ''
  return fault(check, `RISK lacks the last event that the history has of ${some.join(', ')}${more}`, MEND)
}

interface State {
  readonly deleted?: readonly number[]
}

/** Between the first message and the last; the server counts nothing before the first. */
function missingOf({ deleted = [] }: State): readonly SequenceRange[] {
  return rangesOf([...deleted].sort((a, b) => a - b))
}

function rangesText(ranges: readonly SequenceRange[]): string {
  if (ranges.length === 0) return ''
  const shown = ranges.slice(0, SHOWN_MAX).map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`))
  const more = ranges.length > SHOWN_MAX ? ` and ${ranges.length - SHOWN_MAX} more ranges` : ''
  return `: ${shown.join(', ')}${more}`
}
