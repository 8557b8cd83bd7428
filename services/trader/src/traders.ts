import { Gate, type Outbox, type TraderLink } from '@drawbridge/client'
import { decodeRiskEvent, formatInstant, type Instant, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { followStream } from '@drawbridge/nats'
import type { Lifecycle, Logger } from '@drawbridge/service-kit'
import type { Config, TraderSource } from '@drawbridge/settings'
import { Replay, readReplay } from './replay.ts'

/** The parts of one configured trader. */
export interface RunningTrader {
  readonly id: TraderId
  readonly source: TraderSource
  readonly gate: Gate
  /** Receives posted equity; null for a replay. */
  readonly outbox: Outbox | null
  readonly replay: Replay | null
}

export type Traders = ReadonlyMap<TraderId, RunningTrader>

export async function openTraders(
  config: Config,
  link: TraderLink,
  { stopping }: Lifecycle,
  log: Logger,
): Promise<Traders> {
  const { client, manager } = link
  const traders = new Map<TraderId, RunningTrader>()
  for (const [id, { source }] of Object.entries(config.traders)) {
    const gate = new Gate(id, config.leaseMs)
    if (source.kind === 'http') {
      traders.set(id, { id, source, gate, outbox: link.openOutbox(gate), replay: null })
    } else {
      const simulation = await readReplay(source)
      const replay = new Replay({ trader: id, simulation, gate, client, manager, stopping, log })
      traders.set(id, { id, source, gate, outbox: null, replay })
    }
  }
  return traders
}

/**
 * Runs the replays, each from where the decisions on its trader end. One consumer delivers every past decision on them, and
 * then new ones, in the order of the log; an unreadable decision stops the service.
 */
export async function startReplays(traders: Traders, { connection }: TraderLink, lifecycle: Lifecycle): Promise<void> {
  const replayed = [...traders.values()].filter(({ replay }) => replay !== null)
  if (replayed.length === 0) return
  const decisions = await followStream(connection, {
    stream: streams.risk,
    filterSubjects: replayed.map(({ id }) => subjects.traderLog(id)),
    start: { from: 1 },
    onMessage: (message) => {
      const event = decodeRiskEvent(message.data)
      if (!event.ok) throw new Error(`event ${message.seq} of the risk log cannot be read: ${event.reason}`)
      const trader = traders.get(event.value.trader)
      trader?.gate.apply(event.value)
      trader?.replay?.onEvent(event.value)
    },
    onLost: (error) => lifecycle.fail(error),
  })
  lifecycle.onStop('decisions on replays', () => decisions.stop())
  await decisions.caughtUp
  for (const { replay } of replayed) void replay?.run()
}

const NAMED_MAX = 20

/** A trader that may have reported no equity for too long. */
interface Silence {
  readonly trader: TraderId
  /** Null: it is not silent. */
  readonly staleSince: Instant | null
}

/** Names the silent traders in words, up to a limit; null: none is silent. */
export function silentTraders(traders: Iterable<Silence>): string | null {
  const silent: string[] = []
  for (const { trader, staleSince } of traders) {
    if (staleSince !== null) silent.push(`${trader} since ${formatInstant(staleSince)}`)
  }
  if (silent.length === 0) return null
  const more = silent.length > NAMED_MAX ? `, and ${silent.length - NAMED_MAX} more` : ''
  return `no equity from ${silent.slice(0, NAMED_MAX).join(', ')}${more}`
}
