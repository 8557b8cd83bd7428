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
import { Gate } from './gate.ts'
import { openLink } from './trader-link.ts'

export interface ConnectTraderOptions {
  /** Addresses of NATS, comma-separated. */
  readonly natsUrl: string
  /** Where NATS asks who the bot is, or speaks TLS: the files of its nkey seed and its certificates. */
  readonly natsFiles?: Partial<Omit<NatsAccess, 'url'>>
  /** How long the gate stays open without a heartbeat of a guardian, milliseconds; 10 s if not given. */
  readonly leaseMs?: number
  /** How long no decision is heard before guardians are asked again, milliseconds; half of the lease if not given. */
  readonly lookEveryMs?: number
  /** Where lines go, a logger of pino for one; warnings and errors go to the console if not given. */
  readonly log?: Logger
}

/** A trader in a bot's own process. */
export interface ConnectedTrader {
  /** Ask it before each order. */
  readonly gate: Gate
  /**
   * Takes a report to send, an equity or a full tick, and never waits for NATS.
   * @throws where it is not a valid tick, and after {@link close}
   */
  report(equityOrTick: number | string | TickMessage): void
  /**
   * Hears each decision that comes from now on, once the gate obeys it. Of those that came while NATS was away it hears
   * the newest of each type. Ends with what it returns, or with {@link close}.
   */
  onDecision(listener: (event: RiskEvent) => void): () => void
  /**
   * As {@link onDecision}, only the breaches: the moment to reduce. While enforcement is off a breach is recorded and
   * nothing is paused; `event.state.pause` is null then.
   */
  onBreach(listener: (event: RiskEvent) => void): () => void
  /** Gives reports that wait a moment to get through, then closes the gate for good. Safe to repeat. */
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
  return {
    gate,
    report(equityOrTick) {
      if (isClosed) throw new Error(`trader "${id}" is closed and takes no report`)
      const message = typeof equityOrTick === 'object' ? equityOrTick : { equity: equityOrTick }
      const tick = tickFromMessage(message)
      if (!tick.ok) throw new Error(`not a tick: ${tick.reason}`)
      // The fields of a tick alone: whatever else the object holds may not fit into a message.
      const { equity, balance, unrealizedPnl, at, seq } = message
      outbox.send(toJsonBytes({ equity, balance, unrealizedPnl, at, seq }), tick.value, '')
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

/** Those in a bot who want to hear decisions. One that fails is named in the log, and keeps none from hearing. */
export class DecisionListeners {
  readonly #log: Logger
  readonly #listeners = new Set<{ readonly listener: Listener }>()

  constructor(log: Logger) {
    this.#log = log
  }

  /** Returns what ends the listening. */
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

/** Warnings and errors alone: a bot's output is its own. */
const consoleLog: Logger = {
  info: () => undefined,
  warn: (fields, message) => console.warn(`drawbridge: ${message}`, fields),
  error: (fields, message) => console.error(`drawbridge: ${message}`, fields),
}
