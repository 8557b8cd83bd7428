import {
  DEFAULT_LEASE_MS,
  parseTraderId,
  type TickMessage,
  type TraderId,
  tickFromMessage,
  toJsonBytes,
} from '@drawbridge/contracts'
import { createLogger, Lifecycle, type NatsAccess, openAccess } from '@drawbridge/service-kit'
import { Gate } from './gate.ts'
import { openLink } from './trader-link.ts'

export interface ConnectTraderOptions {
  /** Addresses of NATS, comma-separated. */
  readonly natsUrl: string
  /** Where NATS asks who the bot is, or speaks TLS: the files of its nkey seed and its certificates. */
  readonly natsFiles?: Partial<Omit<NatsAccess, 'url'>>
  /** How long the gate stays open without a sign of life of a guardian, milliseconds; 10 s if not given. */
  readonly leaseMs?: number
  /** As in pino; `warn` if not given. Lines go to standard output. */
  readonly logLevel?: string
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
  /** Gives reports that wait a moment to get through, then closes the gate for good. Safe to repeat. */
  close(): Promise<void>
}

/**
 * Connects a bot that runs on Node to Drawbridge. Waits while there is no NATS server, and until the decisions on the
 * trader are read; the gate opens with the first decision that allows and a guardian's sign of life.
 * @throws where the id is not valid, the streams are missing, or the decisions cannot be read
 */
export async function connectTrader(id: TraderId, options: ConnectTraderOptions): Promise<ConnectedTrader> {
  const trader = parseTraderId(id)
  if (!trader.ok) throw new Error(trader.reason)
  const { natsUrl, natsFiles, leaseMs = DEFAULT_LEASE_MS, logLevel = 'warn' } = options
  const log = createLogger('trader', logLevel)
  const lifecycle = new Lifecycle(log)
  const gate = new Gate(trader.value, leaseMs)
  try {
    const link = await openLink({ ...openAccess(natsUrl), ...natsFiles }, `drawbridge trader ${id}`, lifecycle, log)
    const outbox = link.openOutbox(gate)
    const follower = link.followerOf(new Map([[gate.trader, gate]]), leaseMs, (error) =>
      log.error({ err: error, trader: id }, 'the gate is closed for good'),
    )
    await follower.start()
    let closing: Promise<void> | null = null
    return {
      gate,
      report(equityOrTick) {
        if (lifecycle.stopping.aborted) throw new Error(`trader "${id}" is closed and takes no report`)
        const message = typeof equityOrTick === 'object' ? equityOrTick : { equity: equityOrTick }
        const tick = tickFromMessage(message)
        if (!tick.ok) throw new Error(`not a tick: ${tick.reason}`)
        // The fields of a tick alone: whatever else the object holds may not fit into a message.
        const { equity, balance, unrealizedPnl, at, seq } = message
        outbox.send(toJsonBytes({ equity, balance, unrealizedPnl, at, seq }), tick.value, '')
      },
      close() {
        closing ??= lifecycle.stop()
        return closing
      },
    }
  } catch (error) {
    await lifecycle.stop()
    throw error
  }
}
