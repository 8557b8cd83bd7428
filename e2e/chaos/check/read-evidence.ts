import { type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import pg from 'pg'
import type { ConfigEvent, EventFacts, Evidence, Input, StoredEvent } from './evidence.ts'
import { shortest } from './evidence.ts'

/** The compared parts of an event, as docs/events.md describes it. */
export interface WireEvent {
  readonly trader: string
  readonly version: number
  readonly type: string
  readonly inputSeq: number
  readonly tickSeq: number | null
  readonly recordedAt: string
  readonly decision: { readonly status: 'allowed' | 'paused' }
  readonly state: { readonly equity: string | null }
}

interface Row {
  readonly trader_id: string
  readonly version: string
  readonly event_type: string
  readonly input_seq: string
  readonly tick_seq: string | null
  readonly recorded_at: Date
  readonly current_equity: string | null
  readonly trading_paused: boolean
}

const COLUMNS =
  'trader_id, version::text, event_type, input_seq::text, tick_seq::text, recorded_at, current_equity::text, trading_paused'

/** Reads all of INPUTS. */
export async function readInputs(connection: NatsConnection, offset: number): Promise<Input[]> {
  const inputs: Input[] = []
  await eachMessage(connection, 'INPUTS', (message) => {
    const recordedAt = new Date(storedAt(message)).toISOString()
    inputs.push({ seq: message.seq + offset, subject: message.subject, payload: message.string(), recordedAt })
  })
  return inputs
}

/** The offset of the sequences of INPUTS, as the last `risk.config.settled` says. */
export async function readInputsOffset(connection: NatsConnection): Promise<number> {
  const manager = await jetstreamManager(connection)
  const settled = await manager.streams.getMessage('RISK', { last_by_subj: 'risk.config.settled' })
  return settled?.json<{ inputsOffset?: number }>().inputsOffset ?? 0
}

/** Reads all of RISK. */
export async function readRisk(connection: NatsConnection): Promise<Pick<Evidence, 'events' | 'configEvents'>> {
  const events: StoredEvent[] = []
  const configEvents: ConfigEvent[] = []
  await eachMessage(connection, 'RISK', (message) => {
    if (message.subject.startsWith('risk.config.')) {
      const kind = message.subject.slice('risk.config.'.length)
      if (kind !== 'flags' && kind !== 'limits') return
      configEvents.push({ kind, inputSeq: message.json<ConfigEvent>().inputSeq })
    } else {
      const facts = factsOf(message.json<WireEvent>())
      events.push({ ...facts, seq: message.seq, storedAt: storedAt(message) })
    }
  })
  return { events, configEvents }
}

export function factsOf({ trader, version, type, inputSeq, tickSeq, ...event }: WireEvent): EventFacts {
  const { recordedAt, decision, state } = event
  const equity = state.equity === null ? null : shortest(state.equity)
  return { trader, version, type, inputSeq, tickSeq, recordedAt, equity, paused: decision.status === 'paused' }
}

/** Reads the whole tables. */
export async function readTables(url: string): Promise<Pick<Evidence, 'history' | 'snapshot' | 'configHistory'>> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, query_timeout: 60_000 })
  await client.connect()
  try {
    const rows = async (table: string) =>
      (await client.query<Row>(`SELECT ${COLUMNS} FROM ${table}`)).rows.map(factsOfRow)
    const configured = await client.query<ConfigEvent>(
      'SELECT kind, input_seq::float8 AS "inputSeq" FROM risk_config_history',
    )
    return {
      history: await rows('risk_state_history'),
      snapshot: await rows('risk_state'),
      configHistory: configured.rows,
    }
  } finally {
    await client.end()
  }
}

function factsOfRow(row: Row): EventFacts {
  return {
    trader: row.trader_id,
    version: Number(row.version),
    type: row.event_type,
    inputSeq: Number(row.input_seq),
    tickSeq: row.tick_seq === null ? null : Number(row.tick_seq),
    recordedAt: row.recorded_at.toISOString(),
    equity: row.current_equity === null ? null : shortest(row.current_equity),
    paused: row.trading_paused,
  }
}

function storedAt({ timestampNanos }: JsMsg): number {
  return Number(timestampNanos / 1_000_000n)
}

async function eachMessage(connection: NatsConnection, stream: string, take: (message: JsMsg) => void): Promise<void> {
  const manager = await jetstreamManager(connection)
  const { state } = await manager.streams.info(stream)
  if (state.messages === 0) return
  const consumer = await jetstream(connection).consumers.get(stream)
  for await (const message of await consumer.consume()) {
    take(message)
    if (message.seq >= state.last_seq) break
  }
}
