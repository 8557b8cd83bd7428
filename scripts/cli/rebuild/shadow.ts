import { streams } from '@drawbridge/contracts'
import { CONFIGS, CopyText, HISTORY, inHalves, runTransaction } from '@drawbridge/history'
import { type Month, monthOf } from '@drawbridge/migrations'
import { type ReadRange, readStream, type StreamMessage } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import type { ClientBase } from 'pg'
import { type LogItem, logItems } from '../risk-log.ts'

const { names: EVENT_NAMES } = HISTORY
const { names: CONFIG_NAMES } = CONFIGS

/**
 * Without a log of their own, and gone with the connection, however that ends. What was carried over from another log stands
 * apart: its rows were written then, and stay as they are.
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

/** What the log says, in temporary tables of a connection. */
export class Shadow {
  readonly counts: ShadowCounts = { events: 0, configurations: 0, refused: 0 }
  /** Of the events, by the partition key of the history. */
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
    let storing: Promise<void> = Promise.resolve()
    for await (const messages of readStream(this.#connection, { ...range, stream: streams.risk })) {
      const items = this.#itemsOf(messages)
      await storing
      onProgress(messages.at(-1)?.seq ?? range.to)
      storing = this.#store(items)
      // Thrown where it is awaited.
      storing.catch(() => undefined)
    }
    await storing
  }

  /** As {@link copy}, within a transaction that must survive what the database refuses. */
  async copyWithin(range: Omit<ReadRange, 'stream'>): Promise<void> {
    for await (const messages of readStream(this.#connection, { ...range, stream: streams.risk })) {
      await this.#store(this.#itemsOf(messages), 'within a transaction')
    }
  }

  #itemsOf(messages: readonly StreamMessage[]): readonly LogItem[] {
    const refused = () => {
      this.counts.refused += 1
    }
    return messages.flatMap((message) => logItems(message, this.#continues, refused))
  }

  async #store(items: readonly LogItem[], where: 'within a transaction' | 'alone' = 'alone'): Promise<void> {
    const work = where === 'alone' ? this.#copyAlone : this.#copyWithSavepoint
    await inHalves(items, work, () => {
      this.counts.refused += 1
      return []
    })
  }

  readonly #copyAlone = async (items: readonly LogItem[]): Promise<readonly never[]> => {
    const events = new CopyText(HISTORY.columns)
    const configs = new CopyText(CONFIGS.columns)
    const carriedEvents = new CopyText(HISTORY.columns)
    const carriedConfigs = new CopyText(CONFIGS.columns)
    const months = new Set<Month>()
    let count = 0
    for (const item of items) {
      if (item.kind === 'config') {
        const texts = item.isCarried ? carriedConfigs : configs
        texts.add(item.row)
        continue
      }
      const texts = item.isCarried ? carriedEvents : events
      texts.add(item.row)
      months.add(monthOf(item.row.recorded_at))
      count += 1
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
