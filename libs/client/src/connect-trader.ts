import {
  DEFAULT_LEASE_MS,
  parseNatsAddresses,
  parseTraderId,
  type RiskEvent,
  type TickMessage,
  type TraderId,
  tickFromMessage,
  toJsonBytes,
} from '@drawbridge/contracts'
import { type Logger, type NatsAccess, openAccess } from '@drawbridge/nats'
import { FaultWatch, tickMessageOf } from './core/tick-message.ts'
import { Gate } from './gate.ts'
import { checkMayFollow } from './inbound/may-ask.ts'
import { type Report, reportWithin } from './report.ts'
import { openLink } from './trader-link.ts'

export interface ConnectTraderOptions {
  /** Addresses of NATS, comma-separated. */
  readonly natsUrl: string
  /** Where NATS asks who the bot is, or speaks TLS: the files of its nkey seed and its certificates. */
  readonly natsFiles?: Partial<Omit<NatsAccess, 'url'>>
  /** How long the gate stays open without a heartbeat of a guardian, milliseconds; 10 s if not given. */
  readonly leaseMs?: number
  /**
   * Traders without whose gates this one is not open: all that `obeys` in config.json names, and what these obey in turn.
   * None if not given.
   */
  readonly obeys?: readonly TraderId[]
  /** How long the gate stays open while a report is not judged, milliseconds; 1 s if not given. */
  readonly undecidedAfterMs?: number
  /** After this time without a decision, guardians are asked again, milliseconds; half of the lease if not given. */
  readonly lookEveryMs?: number
  /** The logger, for example one of pino; if not given, warnings and errors go to the console. */
  readonly log?: Logger
}

export interface ReportOptions {
  /** How long it waits for the decision, milliseconds; 1 s if not given. */
  readonly waitMs?: number
}

/** How long a report waits for its decision if nobody says, and at most; milliseconds. */
export const REPORT_WAIT_MS = 1_000
export const REPORT_WAIT_MAX_MS = 10_000

/** A trader in a bot's own process. */
export interface ConnectedTrader {
  /** Ask it before each order. */
  readonly gate: Gate
  /**
   * Takes a report to send, an equity or a full tick, and never waits for NATS. A field that cannot be read is logged once;
   * the report counts without it, unless a limit of the trader needs the field.
   * @returns what the gate says when the report is judged, or after `waitMs` that it is not judged yet, with why; it is
   * never rejected, so that nobody need wait for it. Until then `gate.canTrade()` answers by the decision before, unless
   * the report may change the answer: then it says `undecided`.
   * @throws where its equity cannot be read, and after {@link close}
   */
  report(equityOrTick: number | string | TickMessage, options?: ReportOptions): Promise<Report>
  /**
   * Calls the listener with each decision from now on, when the gate has applied it. If decisions came while NATS was
   * unavailable, it gets the newest of each type. Decisions on traders that this one obeys are told, too: `event.trader`
   * says whose it is. The returned function ends that, and so does {@link close}.
   */
  onDecision(listener: (event: RiskEvent) => void): () => void
  /**
   * As {@link onDecision}, for breaches only: the moment to reduce. While enforcement is off a breach is recorded and
   * nothing is paused; `event.state.pause` is null then.
   */
  onBreach(listener: (event: RiskEvent) => void): () => void
  /** As {@link onDecision}, for the end of pauses only: the gate may be open again; ask it. */
  onResume(listener: (event: RiskEvent) => void): () => void
  /** Gives waiting reports a moment to be sent, then closes the gate for good. Safe to repeat. */
  close(): Promise<void>
}

/**
 * Connects a bot that runs on Node to Drawbridge. Waits while there is no NATS server, and until the decisions on the
 * trader are read; the gate opens with the first decision that allows and a guardian's heartbeat.
 * @throws where an id or the address is not valid, the streams are missing, or the decisions cannot be read
 */
export async function connectTrader(id: TraderId, options: ConnectTraderOptions): Promise<ConnectedTrader> {
  const address = parseNatsAddresses(options.natsUrl)
  if (!address.ok) throw new Error(`natsUrl ${address.reason}`)
  const { natsUrl, natsFiles, leaseMs = DEFAULT_LEASE_MS, undecidedAfterMs, lookEveryMs, log = consoleLog } = options
  const [gate, ...obeyed] = idsOf(id, options.obeys ?? []).map((one) => new Gate(one, leaseMs, undecidedAfterMs))
  if (gate === undefined) throw new Error('a trader has an id')
  gate.obey(obeyed)
  const listeners = new DecisionListeners(log)
  const link = await openLink({ ...openAccess(natsUrl), ...natsFiles }, `drawbridge trader ${id}`, log)
  const outbox = link.openOutbox(gate)
  const follower = link.followerOf(new Map([gate, ...obeyed].map((one) => [one.trader, one])), {
    leaseMs,
    ...(lookEveryMs === undefined ? {} : { lookEveryMs }),
    onDecision: (event) => listeners.tell(event),
    onFailed: (error) => log.error({ err: error, trader: id }, 'the gate is closed for good'),
  })
  try {
    await checkMayFollow(
      link.connection,
      obeyed.map((one) => one.trader),
    )
    await follower.start()
  } catch (error) {
    await link.close()
    throw error
  }
  let isClosed = false
  const faultWatch = new FaultWatch()
  return {
    gate,
    report(equityOrTick, { waitMs = REPORT_WAIT_MS } = {}) {
      if (isClosed) throw new Error(`trader "${id}" is closed and takes no report`)
      const message = typeof equityOrTick === 'object' ? equityOrTick : { equity: equityOrTick }
      const tick = tickFromMessage(message)
      if (!tick.ok) throw new Error(`not a tick: ${tick.reason}`)
      const { faults } = tick.value
      const fresh = faultWatch.newIn(faults)
      if (fresh !== null) log.warn({ trader: id, faults: fresh }, 'fields of a report cannot be read; it is sent')
      const own = outbox.send(toJsonBytes(tickMessageOf(message, faults)), tick.value, '')
      return reportWithin(gate, own, Math.min(waitMs, REPORT_WAIT_MAX_MS))
    },
    onDecision: (listener) => listeners.add(listener),
    onBreach: (listener) => listeners.add((event) => event.type === 'breach' && listener(event)),
    onResume: (listener) => listeners.add((event) => event.type === 'resumed' && listener(event)),
    close() {
      isClosed = true
      return link.close()
    },
  }
}

/** The trader's own id, and those that it obeys. @throws where one is not valid */
function idsOf(id: TraderId, obeys: readonly TraderId[]): readonly TraderId[] {
  const ids = [id, ...obeys].map((one) => {
    const parsed = parseTraderId(one)
    if (!parsed.ok) throw new Error(parsed.reason)
    return parsed.value
  })
  if (obeys.includes(id)) throw new Error(`trader "${id}" obeys itself; take it out of obeys`)
  return [...new Set(ids)]
}

type Listener = (event: RiskEvent) => unknown

/** The listeners of a bot. A failure of one is logged and does not affect the others. */
export class DecisionListeners {
  readonly #log: Logger
  readonly #listeners = new Set<{ readonly listener: Listener }>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** Returns a function that removes the listener. */
  add(listener: Listener): () => void {
    const entry = { listener }
    this.#listeners.add(entry)
    return () => void this.#listeners.delete(entry)
  }

  tell(event: RiskEvent): void {
    for (const { listener } of [...this.#listeners]) {
      try {
        listener(event)
      } catch (error) {
        const { trader, type, state } = event
        this.#log.error({ err: error, trader, type, version: state.version }, 'a listener of the bot failed')
      }
    }
  }
}

/** Only warnings and errors: the bot's output belongs to the bot. */
const consoleLog: Logger = {
  info: () => undefined,
  warn: (fields, message) => console.warn(`drawbridge: ${message}`, fields),
  error: (fields, message) => console.error(`drawbridge: ${message}`, fields),
}
