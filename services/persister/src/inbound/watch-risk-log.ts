import { damageReason, riskLogDamage, streams } from '@drawbridge/contracts'
import type { HistoryStore } from '@drawbridge/history'
import { ConnectionWatch } from '@drawbridge/nats'
import type { Lifecycle, Logger } from '@drawbridge/service-kit'
import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { discardedBy, type LogRoom, logRoomOf } from '../core/log-room.ts'
import type { PersisterMetrics } from '../persister-metrics.ts'

const ROOM_EVERY_MS = 2_000
const ROOM_WITHIN_MS = 1_000
const DAMAGE_EVERY_MS = 60_000
const DAMAGE_EVERY_MS_WHILE_DAMAGED = 2_000
const DAMAGE_WITHIN_MS = 2_000

/**
 * Watches how full RISK is: while the database is away only RISK keeps what happens, and once it is full nothing is decided
 * any more. Reports it long before, by metrics and by one log line at each change.
 */
export async function watchLogRoom(
  connection: NatsConnection,
  warnAtPct: number,
  metrics: PersisterMetrics,
  lifecycle: Lifecycle,
  log: Logger,
  everyMs = ROOM_EVERY_MS,
): Promise<void> {
  const manager = await jetstreamManager(connection, { timeout: ROOM_WITHIN_MS, checkAPI: false })
  let level: LogRoom['level'] = 'enough'
  let mayDiscard: string | null = null
  const lookAt = async () => {
    const [{ config, state }, account] = await Promise.all([
      manager.streams.info(streams.risk),
      manager.getAccountInfo(),
    ])
    const sizes = {
      bytes: state.bytes,
      bytesMax: config.max_bytes,
      accountBytes: account.storage,
      accountBytesMax: account.limits.max_storage,
      replicas: config.num_replicas,
    }
    const room = logRoomOf(sizes, warnAtPct)
    metrics.riskLogBytes.set(room.bytes)
    metrics.riskLogLimitBytes.set(room.limitBytes ?? 0)
    metrics.riskLogUsedPercent.set(room.usedPct)
    metrics.riskLogNearlyFull.set(room.level === 'enough' ? 0 : 1)
    if (room.level !== level) logRoom(log, room)
    level = room.level
    const reason = discardedBy(config)
    metrics.riskLogMayDiscard.set(reason === null ? 0 : 1)
    if (reason === mayDiscard) return
    mayDiscard = reason
    if (reason === null) log.info('the risk log drops nothing by itself')
    else log.error({ reason }, 'the risk log may drop events that are not stored; set it as npm run provision does')
  }
  const look = () => lookAt().catch(() => undefined)
  const timer = setInterval(look, everyMs)
  lifecycle.onStop('log room', () => clearInterval(timer))
  await look()
}

function logRoom(log: Logger, { bytes, limitBytes, usedPct, level }: LogRoom): void {
  const fields = { bytes, limitBytes, usedPct: Math.round(usedPct) }
  switch (level) {
    case 'enough':
      log.info(fields, 'the risk log has room again')
      break
    case 'nearly-full':
      log.warn(fields, 'the risk log is nearly full; give RISK more room, or bring the database back')
      break
    case 'almost-full':
      log.error(fields, "the risk log is almost full; decisions will stop soon: raise RISK's limits")
      break
    default:
      level satisfies never
  }
}

/**
 * Watches whether messages of RISK are missing, also at its end, which the tables know. Looks now, each minute, more often
 * while something is missing, and after each reconnect.
 * @returns tells what is missing; null: nothing, as far as is known
 */
export async function watchLogDamage(
  connection: NatsConnection,
  store: HistoryStore,
  metrics: PersisterMetrics,
  lifecycle: Lifecycle,
  log: Logger,
  everyMs = DAMAGE_EVERY_MS,
): Promise<() => string | null> {
  const manager = await jetstreamManager(connection, { timeout: DAMAGE_WITHIN_MS, checkAPI: false })
  let reason: string | null = null
  const lookAt = async () => {
    const knownSeq = await store.knownSeq()
    const damage = riskLogDamage(await manager.streams.info(streams.risk), knownSeq)
    metrics.riskLogDamaged.set(damage === null ? 0 : 1)
    const before = reason
    reason = damage === null ? null : `${damageReason(damage)}; repair it with: npm run drawbridge -- adopt-log`
    if (reason === before) return
    if (reason === null) log.info('the risk log is whole')
    else log.error({ reason }, 'the risk log is damaged')
  }
  // If NATS or the database does not answer, what was known stays.
  const look = () => lookAt().catch(() => undefined)
  let timer: NodeJS.Timeout
  const lookOn = async () => {
    await look()
    if (!lifecycle.stopping.aborted)
      timer = setTimeout(lookOn, reason === null ? everyMs : DAMAGE_EVERY_MS_WHILE_DAMAGED)
  }
  lifecycle.onStop('log damage', () => clearTimeout(timer))
  const forget = ConnectionWatch.of(connection).onReconnect(() => void look())
  lifecycle.onStop('log damage after a reconnect', forget)
  void lookOn()
  return () => reason
}
