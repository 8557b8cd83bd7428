import { damageReason, riskLogDamage, streams } from '@drawbridge/contracts'
import type { HistoryStore } from '@drawbridge/history'
import { ConnectionWatch } from '@drawbridge/nats'
import type { Lifecycle, Logger } from '@drawbridge/service-kit'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { PersisterMetrics } from '../persister-metrics.ts'

const EVERY_MS = 60_000
const EVERY_MS_WHILE_DAMAGED = 2_000
const WITHIN_MS = 2_000

/** Looks whether messages of RISK are missing, among them those at its end that the tables know. */
export class LogDamageWatch {
  readonly #manager: JetStreamManager
  readonly #store: HistoryStore
  readonly #metrics: PersisterMetrics
  readonly #log: Logger
  #reason: string | null = null

  private constructor(manager: JetStreamManager, store: HistoryStore, metrics: PersisterMetrics, log: Logger) {
    this.#manager = manager
    this.#store = store
    this.#metrics = metrics
    this.#log = log
  }

  /** Looks now, each minute, more often while something is missing, and each time that NATS has come back. */
  static async start(
    connection: NatsConnection,
    store: HistoryStore,
    metrics: PersisterMetrics,
    lifecycle: Lifecycle,
    log: Logger,
    everyMs = EVERY_MS,
  ): Promise<LogDamageWatch> {
    const manager = await jetstreamManager(connection, { timeout: WITHIN_MS, checkAPI: false })
    const watch = new LogDamageWatch(manager, store, metrics, log)
    const look = () => watch.look().catch(() => undefined)
    let timer: NodeJS.Timeout
    const lookOn = async () => {
      await look()
      if (!lifecycle.stopping.aborted)
        timer = setTimeout(lookOn, watch.reason === null ? everyMs : EVERY_MS_WHILE_DAMAGED)
    }
    lifecycle.onStop('log damage', () => clearTimeout(timer))
    lifecycle.onStop(
      'log damage after a reconnect',
      ConnectionWatch.of(connection).onReconnect(() => void look()),
    )
    void lookOn()
    return watch
  }

  /** What is missing; null: nothing, as far as is known. */
  get reason(): string | null {
    return this.#reason
  }

  /** @throws where NATS or the database does not answer; what was known stays */
  async look(): Promise<void> {
    const knownSeq = await this.#store.knownSeq()
    const damage = riskLogDamage(await this.#manager.streams.info(streams.risk), knownSeq)
    this.#metrics.riskLogDamaged.set(damage === null ? 0 : 1)
    const before = this.#reason
    this.#reason = damage === null ? null : `${damageReason(damage)}; mend it with: npm run drawbridge -- adopt-log`
    if (this.#reason === before) return
    if (this.#reason === null) this.#log.info('the risk log is whole')
    else this.#log.error({ reason: this.#reason }, 'the risk log is damaged')
  }
}
