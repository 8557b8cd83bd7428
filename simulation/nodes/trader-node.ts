import { Gate, GateFollower, Outbox } from '@drawbridge/client'
import { type RiskEvent, streams, subjects, type TraderId, tickFromMessage, toJsonBytes } from '@drawbridge/contracts'
import { requireStreams } from '@drawbridge/nats'
import { SimulatedNode, type Surroundings } from './node.ts'

/** Reports when it has applied a decision, even an old one. */
class WatchedGate extends Gate {
  readonly #onApplied: () => void

  constructor(trader: TraderId, leaseMs: number, onApplied: () => void) {
    super(trader, leaseMs)
    this.#onApplied = onApplied
  }

  override apply(event: RiskEvent): void {
    super.apply(event)
    this.#onApplied()
  }
}

export interface TraderSettings {
  readonly traders: readonly TraderId[]
  /** The ticks of this process are numbered from here. */
  readonly firstSeq: number
  /** A gate may have changed. */
  readonly onApplied: (node: TraderNode) => void
}

/** A process with some traders, bound to NATS as `trader-link.ts` does. */
export class TraderNode extends SimulatedNode {
  override readonly role = 'trader'
  readonly gates: ReadonlyMap<TraderId, Gate>
  /** When this process last received a heartbeat, by its own clock; null: never. */
  heartbeatAt: number | null = null
  readonly #outboxes = new Map<TraderId, Outbox>()
  readonly #sent = new Map<TraderId, number>()
  readonly #firstSeq: number

  constructor(name: string, surroundings: Surroundings, { traders, firstSeq, onApplied }: TraderSettings) {
    super(name, surroundings)
    const { leaseMs } = surroundings
    this.gates = new Map(traders.map((trader) => [trader, new WatchedGate(trader, leaseMs, () => onApplied(this))]))
    this.#firstSeq = firstSeq
  }

  protected override async start(): Promise<void> {
    const { lifecycle, log } = this
    const connection = await this.connect()
    lifecycle.onStop('NATS connection', () => connection.close())
    // Before the follower's own subscription, so that the gates never know a heartbeat that this node does not.
    connection.subscribe(subjects.heartbeat, {
      callback: () => {
        this.heartbeatAt = performance.now()
      },
    })
    await requireStreams(connection, [streams.inputs, streams.risk])
    lifecycle.onStop('ticks', async () => {
      await Promise.all([...this.#outboxes.values()].map((outbox) => outbox.close()))
    })
    for (const [trader, gate] of this.gates) this.#outboxes.set(trader, new Outbox(connection, gate, log))
    const onFailed = (error: Error) => lifecycle.fail(error)
    const { leaseMs } = this.surroundings
    const follower = new GateFollower({ connection, gates: this.gates, leaseMs, log, onFailed })
    lifecycle.onStop('gates', () => follower.stop())
    await follower.start()
  }

  /** Reports an equity, as a bot does. */
  tick(trader: TraderId, equity: string, at: number): void {
    const outbox = this.#outboxes.get(trader)
    if (outbox === undefined || !this.running) return
    const seq = (this.#sent.get(trader) ?? this.#firstSeq - 1) + 1
    this.#sent.set(trader, seq)
    const message = { equity, seq, at: new Date(at).toISOString() }
    const tick = tickFromMessage(message)
    if (!tick.ok) throw new Error(tick.reason)
    this.inside(() => outbox.send(toJsonBytes(message), tick.value, ''))
  }

  /** Number of the last tick that was reported; null: none was. */
  lastSent(trader: TraderId): number | null {
    return this.#sent.get(trader) ?? null
  }

  /** How many ticks wait for their acknowledgement. */
  get waiting(): number {
    return [...this.#outboxes.values()].reduce((sum, outbox) => sum + outbox.waiting, 0)
  }
}
