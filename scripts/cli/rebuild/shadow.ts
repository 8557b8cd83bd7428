import { streams } from '@drawbridge/contracts'
import { CONFIGS, CopyText, HISTORY, inHalves, runTransaction, SNAPSHOT } from '@drawbridge/history'
import { type Month, monthOf } from '@drawbridge/migrations'
import { type ReadRange, readStream, type StreamMessage } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientBase } from 'pg'
import { type LogItem, logItems } from '../risk-log.ts'

const { names: EVENT_NAMES } = HISTORY
const { names: CONFIG_NAMES } = CONFIGS

/**
 * Temporary, so that they are not logged and disappear with the connection. Events carried over from another log have their
 * own tables: their rows were written then, and stay unchanged.
 */
const TABLES = `CREATE TEMP TABLE shadow_history AS SELECT ${EVENT_NAMES} FROM risk_state_history WITH NO DATA;
CREATE TEMP TABLE shadow_configs AS SELECT ${CONFIG_NAMES} FROM risk_config_history WITH NO DATA;
CREATE TEMP TABLE carried_history AS SELECT ${EVENT_NAMES} FROM risk_state_history WITH NO DATA;
CREATE TEMP TABLE carried_configs AS SELECT ${CONFIG_NAMES} FROM risk_config_history WITH NO DATA;
CREATE INDEX ON carried_history (trader_id);
CREATE INDEX ON carried_configs (kind)`

export interface ShadowCounts {
  events: number
  configurations: number
  /** Events that no table can hold. */
  refused: number
}

/** The content of the log, in temporary tables of a connection. */
export class Shadow {
  readonly counts: ShadowCounts = { events: 0, configurations: 0, refused: 0 }
  /** Months of the events, by the partition key of the history. */
  readonly months = new Set<Month>()
  readonly #client: ClientBase
  readonly #connection: NatsConnection
  readonly #continues: boolean

  private constructor(client: ClientBase, connection: NatsConnection, continues: boolean) {
    this.#client = client
    this.#connection = connection
    this.#continues = continues
  }

  /** @param continues whether the log took the place of another one */
  static async create(client: ClientBase, connection: NatsConnection, continues: boolean): Promise<Shadow> {
    await client.query(TABLES)
    return new Shadow(client, connection, continues)
  }

  /**
   * Copies a range of the log. While a chunk is being stored the next one is read.
   * @param onProgress called with the sequence up to which it is copied
   */
  async copy(range: Omit<ReadRange, 'stream'>, onProgress: (seq: number) => void = () => undefined): Promise<void> {
    let storing: Promise<unknown> = Promise.resolve()
    for await (const messages of readStream(this.#connection, { ...range, stream: streams.risk })) {
      const items = this.#itemsOf(messages)
      await storing
      onProgress(messages.at(-1)?.seq ?? range.to)
      storing = inHalves(items, this.#copyAlone, this.#refuse)
      // Thrown where it is awaited.
      storing.catch(() => undefined)
    }
    await storing
  }

  /** As {@link copy}, within a transaction that must survive what the database refuses. */
  async copyWithin(range: Omit<ReadRange, 'stream'>): Promise<void> {
    for await (const messages of readStream(this.#connection, { ...range, stream: streams.risk })) {
      await inHalves(this.#itemsOf(messages), this.#copyWithSavepoint, this.#refuse)
    }
  }

  #itemsOf(messages: readonly StreamMessage[]): readonly LogItem[] {
    return messages.flatMap((message) => logItems(message, this.#continues, this.#refuse))
  }

  readonly #refuse = (): readonly never[] => {
    this.counts.refused += 1
    return []
  }

  readonly #copyAlone = async (items: readonly LogItem[]): Promise<readonly never[]> => {
    const events = new CopyText(HISTORY.columns)
    const configs = new CopyText(CONFIGS.columns)
    const carriedEvents = new CopyText(HISTORY.columns)
    const carriedConfigs = new CopyText(CONFIGS.columns)
    const months = new Set<Month>()
    let count = 0
    for (const item of items) {
      if (item.kind === 'config') (item.isCarried ? carriedConfigs : configs).add(item.row)
      else {
        const texts = item.isCarried ? carriedEvents : events
        texts.add(item.row)
        months.add(monthOf(item.row.recorded_at))
        count += 1
      }
    }
    const steps = [
      { sql: `COPY shadow_history (${EVENT_NAMES}) FROM STDIN`, rows: events.bytes },
      { sql: `COPY shadow_configs (${CONFIG_NAMES}) FROM STDIN`, rows: configs.bytes },
      { sql: `COPY carried_history (${EVENT_NAMES}) FROM STDIN`, rows: carriedEvents.bytes },
      { sql: `COPY carried_configs (${CONFIG_NAMES}) FROM STDIN`, rows: carriedConfigs.bytes },
    ].filter(({ rows }) => rows.length > 0)
    if (steps.length > 0) await runTransaction(this.#client, steps)
    for (const month of months) this.months.add(month)
    this.counts.events += count
    this.counts.configurations += items.length - count
    return []
  }

  readonly #copyWithSavepoint = async (items: readonly LogItem[]): Promise<readonly never[]> => {
    await this.#client.query('SAVEPOINT chunk')
    try {
      return await this.#copyAlone(items)
    } catch (error) {
      await this.#client.query('ROLLBACK TO SAVEPOINT chunk')
      throw error
    }
  }
}

/** Creates the shadow of the snapshot, empty. */
export async function createShadowState(client: ClientBase): Promise<void> {
  await client.query(`CREATE TEMP TABLE shadow_state AS SELECT ${EVENT_NAMES} FROM risk_state WITH NO DATA;
    ALTER TABLE shadow_state ADD PRIMARY KEY (trader_id)`)
}

/**
 * Takes over the newest event of each trader from the shadow of the history. The newest version is determined first, because
 * sorting whole rows takes twice as long.
 * @param after only events after this sequence of RISK
 */
export async function advanceFromShadow(client: ClientBase, after: number): Promise<void> {
  const said = '(SELECT * FROM shadow_history UNION ALL SELECT * FROM carried_history) AS said WHERE stream_seq > $1'
  await client.query(
    `${INTO_STATE}
     SELECT DISTINCT ON (trader_id) ${EVENT_NAMES}
     FROM (SELECT * FROM ${said}) AS event
     JOIN (SELECT trader_id, max(version) AS version FROM ${said} GROUP BY trader_id) AS newest USING (trader_id, version)
     ORDER BY trader_id
     ${FORWARD_ONLY}`,
    [after],
  )
}

/** Takes over the newest event of each trader from the history, or from what it no longer holds. */
export async function advanceFromHistory(client: ClientBase): Promise<void> {
  await client.query(
    `${INTO_STATE}
     SELECT DISTINCT ON (trader_id) ${EVENT_NAMES}
     FROM (SELECT ${EVENT_NAMES} FROM risk_state_history UNION ALL SELECT ${EVENT_NAMES} FROM risk_state_at_cut) AS known
     ORDER BY trader_id, version DESC
     ${FORWARD_ONLY}`,
  )
}

/** The same for later events: looks up each trader by the index. New traders are in the snapshot. */
export async function catchUpWithHistory(client: ClientBase): Promise<void> {
  await client.query(
    `${INTO_STATE}
     SELECT ${EVENT_NAMES.split(', ')
       .map((name) => `later.${name}`)
       .join(', ')}
     FROM (SELECT trader_id FROM shadow_state UNION SELECT trader_id FROM risk_state) AS trader
     LEFT JOIN shadow_state AS known USING (trader_id)
     CROSS JOIN LATERAL (
       SELECT * FROM risk_state_history AS history
       WHERE history.trader_id = trader.trader_id AND history.version > coalesce(known.version, 0)
       ORDER BY history.version DESC
       LIMIT 1
     ) AS later
     ${FORWARD_ONLY}`,
  )
}

const INTO_STATE = `INSERT INTO shadow_state (${EVENT_NAMES})`
const FORWARD_ONLY = `ON CONFLICT (trader_id) DO UPDATE SET ${SNAPSHOT.changes} WHERE shadow_state.version < EXCLUDED.version`
