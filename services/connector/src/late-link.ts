import { type Gate, type Outbox, openLink, type TraderLink } from '@drawbridge/client'
import type { TraderId } from '@drawbridge/contracts'
import { type Lifecycle, type Logger, type MetricRegistry, watchLinks } from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'
import type { Connector } from './connector.ts'
import type { OtherProcesses, OwnProcess } from './core/other-process.ts'
import { hearOtherProcesses } from './inbound/other-reports.ts'
import { ConnectorReports } from './outbound/reports.ts'

const NOT_YET = 'does not answer yet; it is tried again by itself, and entries are blocked until decisions can be read'

interface Opened {
  readonly link: TraderLink
  readonly follower: ReturnType<TraderLink['followerOf']>
  readonly reports: ConnectorReports
  readonly stopHearing: () => void
}

/** NATS, which may come after the connectors: these block without it, and report once it is there. */
export class LateLink {
  readonly #config: Config
  readonly #gates: ReadonlyMap<TraderId, Gate>
  readonly #log: Logger
  readonly #lifecycle: Lifecycle
  readonly #link = Promise.withResolvers<TraderLink>()
  #opened: Opened | null = null

  constructor(config: Config, gates: ReadonlyMap<TraderId, Gate>, log: Logger, lifecycle: Lifecycle) {
    this.#config = config
    this.#gates = gates
    this.#log = log
    this.#lifecycle = lifecycle
  }

  /** Why NATS cannot be used; null: it can. */
  get away(): string | null {
    return this.#opened === null ? NOT_YET : this.#opened.follower.away
  }

  /** Whether the gates follow the newest decisions. */
  get isCurrent(): boolean {
    return this.#opened?.follower.current === true
  }

  /** Sends the ticks of a gate; pending until NATS is there. */
  outboxOf(gate: Gate): Promise<Outbox> {
    return this.#link.promise.then((link) => link.openOutbox(gate))
  }

  /** Tells how a connector does. */
  tell(name: string): void {
    this.#opened?.reports.tell(name)
  }

  /** Waits while there is no NATS server. @throws where the streams are missing or NATS refuses us */
  async open(
    connectors: readonly Connector[],
    own: OwnProcess,
    others: OtherProcesses,
    registry: MetricRegistry,
  ): Promise<void> {
    const link = await openLink(this.#config.nats, 'drawbridge connector', this.#log)
    if (this.#lifecycle.stopping.aborted) return link.close()
    watchLinks(registry, link.connection, this.#config)
    const onFailed = (error: Error) => this.#lifecycle.fail(error)
    const follower = link.followerOf(this.#gates, { leaseMs: this.#config.leaseMs, onFailed })
    const reports = new ConnectorReports(link.connection, own)
    const tell = (name: string) => reports.tell(name)
    const stopHearing = hearOtherProcesses(link.connection, connectors, others, tell, this.#log)
    this.#opened = { link, follower, reports, stopHearing }
    reports.start(connectors)
    this.#link.resolve(link)
    // Not awaited: readings are reported even while no guardian answers. Errors go to onFailed.
    void follower.start().catch(() => undefined)
  }

  /** Safe to repeat. */
  async close(): Promise<void> {
    this.#opened?.stopHearing()
    this.#opened?.reports.stop()
    await this.#opened?.link.close()
  }
}
