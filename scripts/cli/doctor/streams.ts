import {
  damageReason,
  inputLogDamage,
  rangesOf,
  riskLogDamage,
  type SequenceRange,
  type StreamSettings,
  streamSettings,
  streams,
  type TraderId,
} from '@drawbridge/contracts'
import { ADOPT } from '@drawbridge/history'
import { isStreamMissing } from '@drawbridge/nats'
import { useOf } from '@drawbridge/service-kit'
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream'
import type pg from 'pg'
import { unreadableRisk } from '../risk-log.ts'
import { type Finding, fault, ok, warning } from './finding.ts'

/** What an operator may well set differently: how much is kept, and where. */
const OF_THE_OPERATOR: ReadonlySet<string> = new Set([
  'description',
  'max_bytes',
  'max_age',
  'duplicate_window',
  'allow_atomic',
])

/** Whether the streams exist, with the settings that provision gives them. */
export async function checkStreams(manager: JetStreamManager): Promise<readonly Finding[]> {
  const found = await Promise.all(streamSettings(1).map((settings) => checkStream(manager, settings)))
  return found.some(({ status }) => status === 'fault') ? found : [...found, await checkUse(manager)]
}

async function checkStream(manager: JetStreamManager, settings: StreamSettings): Promise<Finding> {
  const check = `stream ${settings.name}`
  let info: StreamInfo
  try {
    info = await manager.streams.info(settings.name)
  } catch (error) {
    if (!isStreamMissing(error)) throw error
    return fault(check, 'does not exist', 'npm run provision')
  }
  const differing = differingSettings(settings, info.config)
  const { messages, bytes } = info.state
  const held = `${messages} messages, ${Math.ceil(bytes / 1024 ** 2)} MiB, ${info.config.num_replicas} of it`
  if (differing.length === 0) return ok(check, held)
  const others = differing.filter((name) => !OF_THE_OPERATOR.has(name))
  if (others.length === 0) {
    return warning(check, `${held}; npm run provision sets ${differing.join(', ')} differently`, 'keep it if intended')
  }
  return fault(check, `wrong: ${others.join(', ')}`, `nats stream edit ${settings.name}, to what docs/events.md says`)
}

/** The settings in which a stream differs from a provisioned one; the number of replicas is anyone's choice. */
export function differingSettings(settings: StreamSettings, config: object): readonly string[] {
  const has = new Map<string, unknown>(Object.entries(config))
  return Object.entries({ deny_delete: false, deny_purge: false, ...settings })
    .filter(([name, wanted]) => name !== 'num_replicas' && !isSame(wanted, has.get(name) ?? false))
    .map(([name]) => name)
}

/** A server may add fields to a setting. */
function isSame(wanted: unknown, has: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return wanted === has
  if (typeof has !== 'object' || has === null) return false
  if (Array.isArray(wanted)) return JSON.stringify(wanted) === JSON.stringify(has)
  const fields = new Map<string, unknown>(Object.entries(has))
  return Object.entries(wanted).every(([name, value]) => fields.get(name) === value)
}

async function checkUse(manager: JetStreamManager): Promise<Finding> {
  const check = 'use of RISK'
  const use = await useOf(manager)
  if (use === 'bound') return ok(check, 'guardians judge by it')
  return fault(check, use === 'adopting' ? 'is being adopted' : `replaces a ${streams.risk} that was lost`, ADOPT)
}

const SHOWN_MAX = 10
const REPAIR = 'read docs/recovery.md, then: npm run drawbridge -- adopt-log --by <who> --reason <why> --dry-run'
const INPUTS_GONE =
  'they are lost: look at the messages around them with nats stream view INPUTS, and give commands again'

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
      : fault(
          'messages of RISK',
          `${damageReason(ofRisk)}${rangesText([...before, ...missingOf(risk.state)])}`,
          REPAIR,
        ),
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
    // A row that an adoption carried over has its sequence of the previous log.
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
  return fault(check, `RISK lacks the last event of the history for ${some.join(', ')}${more}`, REPAIR)
}

/** Between the first message and the last; the server counts nothing before the first. */
function missingOf({ deleted = [] }: { readonly deleted?: number[] }): readonly SequenceRange[] {
  return rangesOf(deleted.toSorted((a, b) => a - b))
}

function rangesText(ranges: readonly SequenceRange[]): string {
  if (ranges.length === 0) return ''
  const shown = ranges.slice(0, SHOWN_MAX).map(({ from, to }) => (from === to ? `${from}` : `${from} to ${to}`))
  const more = ranges.length > SHOWN_MAX ? ` and ${ranges.length - SHOWN_MAX} more ranges` : ''
  return `: ${shown.join(', ')}${more}`
}
