import {
  DEFAULT_LEASE_MS,
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
import { openLink } from './trader-link.ts'

export interface ConnectTraderOptions {
  /** Addresses of NATS, comma-separated. */
  readonly natsUrl: string
  /** Where NATS asks who the bot is, or speaks TLS: the files of its nkey seed and its certificates. */
  readonly natsFiles?: Partial<Omit<NatsAccess, 'url'>>
  /** How long the gate stays open without a heartbeat of a guardian, milliseconds; 10 s if not given. */
  readonly leaseMs?: number
  /** After this time without a decision, guardians are asked again, milliseconds; half of the lease if not given. */
  readonly lookEveryMs?: number
  /** The logger, for example one of pino; if not given, warnings and errors go to the console. */
  readonly log?: Logger
}

/** A trader in a bot's own process. */
export interface ConnectedTrader {
  /** Ask it before each order. */
  readonly gate: Gate
  /**
   * Takes a report to send, an equity or a full tick, and never waits for NATS. A field that cannot be read is logged once;
   * the report counts without it, unless a limit of the trader needs the field.
   * @throws where its equity cannot be read, and after {@link close}
   */
  report(equityOrTick: number | string | TickMessage): void
  /**
   * Calls the listener with each decision from now on, when the gate has applied it. If decisions came while NATS was
   * unavailable, it gets the newest of each type. The returned function ends that, and so does {@link close}.
   */
  onDecision(listener: (event: RiskEvent) => void): () => void
  /**
   * As {@link onDecision}, for breaches only: the moment to reduce. While enforcement is off a breach is recorded and
   * nothing is paused; `event.state.pause` is null then.
   */
  onBreach(listener: (event: RiskEvent) => void): () => void
  /** Gives waiting reports a moment to be sent, then closes the gate for good. Safe to repeat. */
  close(): Promise<void>
}

/**
 * Connects a bot that runs on Node to Drawbridge. Waits while there is no NATS server, and until the decisions on the
 * trader are read; the gate opens with the first decision that allows and a guardian's heartbeat.
 * @throws where the id is not valid, the streams are missing, or the decisions cannot be read
 */
export async function connectTrader(id: TraderId, options: ConnectTraderOptions): Promise<ConnectedTrader> {
  const trader = parseTraderId(id)
  if (!trader.ok) throw new Error(trader.reason)
  const { natsUrl, natsFiles, leaseMs = DEFAULT_LEASE_MS, lookEveryMs, log = consoleLog } = options
  const gate = new Gate(trader.value, leaseMs)
  const listeners = new DecisionListeners(log)
  const link = await openLink({ ...openAccess(natsUrl), ...natsFiles }, `drawbridge trader ${id}`, log)
  const outbox = link.openOutbox(gate)
  const follower = link.followerOf(new Map([[gate.trader, gate]]), {
    leaseMs,
    ...(lookEveryMs === undefined ? {} : { lookEveryMs }),
    onDecision: (event) => listeners.tell(event),
    onFailed: (error) => log.error({ err: error, trader: id }, 'the gate is closed for good'),
  })
  try {
    await follower.start()
  } catch (error) {
    await link.close()
    throw error
  }
  let isClosed = false
  const faultWatch = new FaultWatch()
  return {
    gate,
    report(equityOrTick) {
      if (isClosed) throw new Error(`trader "${id}" is closed and takes no report`)
      const message = typeof equityOrTick === 'object' ? equityOrTick : { equity: equityOrTick }
      const tick = tickFromMessage(message)
      if (!tick.ok) throw new Error(`not a tick: ${tick.reason}`)
      const { faults } = tick.value
      const fresh = faultWatch.newIn(faults)
      if (fresh !== null) log.warn({ trader: id, faults: fresh }, 'fields of a report cannot be read; it is sent')
      outbox.send(toJsonBytes(tickMessageOf(message, faults)), tick.value, '')
    },
    onDecision: (listener) => listeners.add(listener),
    onBreach: (listener) => listeners.add((event) => event.type === 'breach' && listener(event)),
    close() {
      isClosed = true
      return link.close()
    },
  }
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
