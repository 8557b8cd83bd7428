import { Gate, type Outbox, type TraderLink } from '@drawbridge/client'
import { decodeRiskEvent, formatInstant, type Instant, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { followStream } from '@drawbridge/nats'
import type { Lifecycle, Logger } from '@drawbridge/service-kit'
import { type Config, currencyOf, type SumSource, type TraderSource } from '@drawbridge/settings'
import { Replay, readReplay } from './replay.ts'
import { SumReporter } from './sum-reporter.ts'

/** The parts of one trader. */
export interface RunningTrader {
  readonly id: TraderId
  readonly source: TraderSource
  readonly gate: Gate
  /** Those that it obeys. */
  readonly obeys: readonly TraderId[]
  /** Receives posted equity; null for a replay and for a sum. */
  readonly outbox: Outbox | null
  readonly replay: Replay | null
  readonly sum: SumReporter | null
}

/** The traders of config.json. */
export type ConfiguredTraders = ReadonlyMap<TraderId, RunningTrader>

/** A trader that is fed by posted equity, and obeys nobody. */
export function openTrader(id: TraderId, config: Config, link: TraderLink): RunningTrader {
  return withOutbox(id, gateOf(id, config), link)
}

function withOutbox(id: TraderId, gate: Gate, link: TraderLink): RunningTrader {
  return { id, source: { kind: 'http' }, gate, obeys: [], outbox: link.openOutbox(gate), replay: null, sum: null }
}

function gateOf(id: TraderId, { leaseMs, trader }: Config): Gate {
  return new Gate(id, leaseMs, trader.undecidedAfterMs)
}

export async function openTraders(
  config: Config,
  link: TraderLink,
  lifecycle: Lifecycle,
  log: Logger,
): Promise<ConfiguredTraders> {
  const gates = new Map(Object.keys(config.traders).map((id) => [id, gateOf(id, config)]))
  const opened = new Map<TraderId, RunningTrader>()
  for (const [id, { source, obeys }] of Object.entries(config.traders)) {
    const gate = gates.get(id)
    if (gate === undefined) continue
    gate.obey([...chosen(gates, obeys).values()])
    opened.set(id, { ...(await openSource(source, gate, { config, gates, link, lifecycle, log })), obeys })
  }
  return opened
}

interface Parts {
  readonly config: Config
  readonly gates: ReadonlyMap<TraderId, Gate>
  readonly link: TraderLink
  readonly lifecycle: Lifecycle
  readonly log: Logger
}

async function openSource(source: TraderSource, gate: Gate, parts: Parts): Promise<RunningTrader> {
  const { link, lifecycle, log } = parts
  const { client, manager } = link
  const { trader: id } = gate
  switch (source.kind) {
    case 'http':
      return withOutbox(id, gate, link)
    case 'replay': {
      const simulation = await readReplay(source)
      const replay = new Replay({ trader: id, simulation, gate, client, manager, stopping: lifecycle.stopping, log })
      return { id, source, gate, obeys: [], outbox: null, replay, sum: null }
    }
    case 'sum':
      return { id, source, gate, obeys: [], outbox: null, replay: null, sum: openSum(source, gate, parts) }
    default:
      return source satisfies never
  }
}

function openSum(source: SumSource, gate: Gate, { config, gates, link, lifecycle }: Parts): SumReporter {
  const sum = new SumReporter({
    gate,
    outbox: link.openOutbox(gate),
    source,
    gates: chosen(gates, source.of),
    currencyOf: (member) => currencyOf(config.traders[member]?.limits ?? {}, config.limits),
  })
  lifecycle.onStop(`sum ${gate.trader}`, () => sum.stop())
  return sum
}

function chosen(gates: ReadonlyMap<TraderId, Gate>, ids: readonly TraderId[]): ReadonlyMap<TraderId, Gate> {
  return new Map(
    ids.flatMap((id) => {
      const gate = gates.get(id)
      return gate === undefined ? [] : [[id, gate] as const]
    }),
  )
}

/** Reports the sums. */
export function startSums(traders: ConfiguredTraders): void {
  for (const { sum } of traders.values()) sum?.start()
}

/**
 * Runs the replays, each from where the decisions on its trader end. One consumer delivers every past decision on them, and
 * then new ones, in the order of the log; an unreadable decision stops the service.
 */
export async function startReplays(
  traders: ConfiguredTraders,
  { connection }: TraderLink,
  lifecycle: Lifecycle,
): Promise<void> {
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

/** Names the sums that nobody can tell, and why, up to a limit; null: there are none. */
export function undecidedSums(traders: Iterable<Pick<RunningTrader, 'id' | 'sum'>>): string | null {
  const undecided = [...traders].flatMap(({ id, sum }) => {
    const why = sum?.undecided ?? null
    return why === null ? [] : [`${id}: ${why}`]
  })
  return undecided.length === 0 ? null : undecided.slice(0, NAMED_MAX).join('; ')
}

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
