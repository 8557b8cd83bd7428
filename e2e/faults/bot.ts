import { type ConnectedTrader, connectTrader } from '@drawbridge/client'
import { streams, subjects, type TraderId } from '@drawbridge/contracts'
import { createLogger } from '@drawbridge/service-kit'
import { eventually } from '@drawbridge/testing'
import { json, type Scene } from '@drawbridge/testing/guardian-scene'
import { expect } from 'vitest'

const log = createLogger('bot', 'silent')
/** Interval of the checks of the log's identity. */
const LOOK_EVERY_MS = 500

/** A bot with a real gate in the process of the test, which remembers what it reported. */
export class Bot {
  readonly id: TraderId
  readonly #trader: ConnectedTrader
  readonly #reported: unknown[] = []

  private constructor(id: TraderId, trader: ConnectedTrader) {
    this.id = id
    this.#trader = trader
  }

  static async connect(id: TraderId, natsUrl: string, leaseMs: number): Promise<Bot> {
    return new Bot(id, await connectTrader(id, { natsUrl, leaseMs, lookEveryMs: LOOK_EVERY_MS, log }))
  }

  report(equity: number, more: object = {}): void {
    this.#trader.report({ equity, ...more })
    this.#reported.push(equity)
  }

  get mayEnter(): boolean {
    return this.#trader.gate.canTrade().allowed
  }

  /** The reason why it may not trade; null: it may. */
  get blockedBy(): string | null {
    return this.#trader.gate.canTrade().reason
  }

  get version(): number {
    return this.#trader.gate.version
  }

  async untilOpen(): Promise<void> {
    const isOpen = () => {
      if (this.mayEnter) return true
      throw new Error(`it is blocked: ${this.blockedBy}`)
    }
    await eventually(isOpen, { timeoutMs: 90_000, what: `the gate of ${this.id} to open` })
  }

  /** Waits until the gate is closed for this reason. Reducing exposure must be allowed all the time. */
  async untilBlocked(reason: RegExp): Promise<void> {
    await eventually(() => reason.test(this.blockedBy ?? ''), {
      timeoutMs: 30_000,
      what: `the gate of ${this.id}, blocked by ${this.blockedBy}, to be blocked by ${reason}`,
    })
    expect(this.#trader.gate.canTrade('reduce').allowed).toBe(true)
  }

  /** Waits until the input log has every report: one may still be on its way, over a connection that has just recovered. */
  async untilReported({ manager }: Scene): Promise<void> {
    const subject = subjects.tick(this.id)
    await eventually(
      async () => {
        const { state } = await manager.streams.info(streams.inputs, { subjects_filter: subject })
        return (state.subjects?.[subject] ?? 0) >= this.#reported.length
      },
      { timeoutMs: 30_000, what: `the reports of ${this.id} to be stored` },
    )
  }

  /** The gate must follow the log's last event, and the input log must have each report once, in order. */
  async expectAsLogged(scene: Scene): Promise<void> {
    const last = (await scene.eventsOf(this.id)).at(-1)
    const allowed = (last?.decision as { status: string } | undefined)?.status === 'allowed'
    await eventually(() => this.version === last?.version && this.#trader.gate.isLive && this.mayEnter === allowed, {
      timeoutMs: 30_000,
      what: `the gate of ${this.id} to be ${allowed ? 'open' : 'closed'}`,
    })
    const ticks = (await scene.read(streams.inputs)).filter(({ subject }) => subject === subjects.tick(this.id))
    expect(ticks.map(({ payload }) => json(payload).equity)).toEqual(this.#reported)
  }

  close(): Promise<void> {
    return this.#trader.close()
  }
}
