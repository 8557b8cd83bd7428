import { streams } from '@drawbridge/contracts'
import { requireStreams } from '@drawbridge/nats'
import { Guardian } from '@drawbridge/risk-guardian'
import { MetricRegistry } from '@drawbridge/service-kit'
import { jetstreamManager } from '@nats-io/jetstream'
import { SimulatedNode } from './node.ts'

/** If the simulated store loses nothing, a guardian must not report damage. */
const LOOK_EVERY_MS = 1_000

/** A risk guardian, as its `main.ts` makes it, without HTTP. */
export class GuardianNode extends SimulatedNode {
  override readonly role = 'guardian'
  readonly #registry = new MetricRegistry()
  #guardian: Guardian | null = null

  /** The damage of the risk log that keeps it from deciding; null: none known. */
  get damage(): string | null {
    return this.#guardian?.damage ?? null
  }

  protected override async start(): Promise<void> {
    const { name, lifecycle, log } = this
    const { leaseMs, readAtOnce, batchFrom, mayBeDamaged } = this.surroundings
    const connection = await this.connect()
    lifecycle.onStop('NATS connection', () => connection.close())
    await requireStreams(connection, [streams.inputs, streams.risk, streams.rejects])
    const manager = await jetstreamManager(connection, { timeout: 2_000, checkAPI: false })
    const registry = this.#registry
    const guardian = new Guardian({
      connection,
      manager,
      name,
      leaseMs,
      readAtOnce,
      batchFrom,
      lifecycle,
      registry,
      log,
    })
    this.#guardian = guardian
    const look = setInterval(() => {
      if (guardian.damage !== null && !mayBeDamaged) lifecycle.fail(new Error(guardian.damage))
    }, LOOK_EVERY_MS)
    lifecycle.onStop('look at damage', () => clearInterval(look))
    await guardian.start()
  }

  /** The number of its decisions that differ from the log. */
  async divergence(): Promise<number> {
    const { values = [] } = (await this.#registry.getSingleMetric('guardian_divergence_total')?.get()) ?? {}
    return values.reduce((sum, { value }) => sum + value, 0)
  }
}
