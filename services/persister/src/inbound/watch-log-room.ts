import { streams } from '@drawbridge/contracts'
import type { Lifecycle, Logger } from '@drawbridge/service-kit'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { discardedBy, type LogRoom, type LogRoomLevel, logRoomOf } from '../core/log-room.ts'
import type { PersisterMetrics } from '../persister-metrics.ts'

const EVERY_MS = 2_000
const WITHIN_MS = 1_000

/**
 * Watches how full RISK is: while the database is away it is all that keeps what happens, and once it is full nothing
 * is decided any more. Says so long before, by metrics and by one line at each change.
 */
export async function watchLogRoom(
  connection: NatsConnection,
  warnAtPct: number,
  metrics: PersisterMetrics,
  lifecycle: Lifecycle,
  log: Logger,
  everyMs = EVERY_MS,
): Promise<void> {
  const manager = await jetstreamManager(connection, { timeout: WITHIN_MS, checkAPI: false })
  const watch = new LogRoomWatch(metrics, log)
  const look = () => lookAt(manager, warnAtPct, watch).catch(() => undefined)
  const timer = setInterval(look, everyMs)
  lifecycle.onStop('log room', () => clearInterval(timer))
  await look()
}

async function lookAt(manager: JetStreamManager, warnAtPct: number, watch: LogRoomWatch): Promise<void> {
  const [{ config, state }, account] = await Promise.all([manager.streams.info(streams.risk), manager.getAccountInfo()])
  const sizes = {
    bytes: state.bytes,
    bytesMax: config.max_bytes,
    accountBytes: account.storage,
    accountBytesMax: account.limits.max_storage,
    replicas: config.num_replicas,
  }
  watch.room(logRoomOf(sizes, warnAtPct))
  watch.discards(discardedBy(config))
}

/** Tells of the room in the risk log, and says so once when it changes. */
export class LogRoomWatch {
  readonly #metrics: PersisterMetrics
  readonly #log: Logger
  #level: LogRoomLevel = 'enough'
  #discardedBy: string | null = null

  constructor(metrics: PersisterMetrics, log: Logger) {
    this.#metrics = metrics
    this.#log = log
  }

  room({ bytes, limitBytes, usedPct, level }: LogRoom): void {
    this.#metrics.riskLogBytes.set(bytes)
    this.#metrics.riskLogLimitBytes.set(limitBytes ?? 0)
    this.#metrics.riskLogUsedPercent.set(usedPct)
    this.#metrics.riskLogNearlyFull.set(level === 'enough' ? 0 : 1)
    if (level === this.#level) return
    this.#level = level
    const fields = { bytes, limitBytes, usedPct: Math.round(usedPct) }
    switch (level) {
      case 'enough':
        this.#log.info(fields, 'the risk log has room again')
        return
      case 'nearly-full':
        this.#log.warn(fields, 'the risk log is nearly full; give RISK more room, or bring the database back')
        return
      case 'almost-full':
        this.#log.error(fields, "the risk log is almost full; decisions will stop soon: raise RISK's limits")
        return
      default:
        level satisfies never
    }
  }

  /** @param reason by which setting RISK may drop events; null: by none */
  discards(reason: string | null): void {
    this.#metrics.riskLogMayDiscard.set(reason === null ? 0 : 1)
    if (reason === this.#discardedBy) return
    this.#discardedBy = reason
    if (reason === null) this.#log.info('the risk log drops nothing by itself')
    else
      this.#log.error({ reason }, 'the risk log may drop events that are not stored; set it as npm run provision does')
  }
}
