import { setTimeout as delay } from 'node:timers/promises'
import {
  decodeRiskEvent,
  parseEventSubject,
  streams,
  subjects,
  type TraderId,
  toJsonBytes,
} from '@drawbridge/contracts'
import { followStream } from '@drawbridge/nats'
import type { NatsConnection } from '@nats-io/transport-node'
import type { Outgoing } from '../publishes.ts'

/** The first rows of the fleet are these; half of all events are theirs. */
const HOT = 100
/** Equities of a trader repeat after so many ticks. */
const CYCLE = 5_000
const TICK_MS = 10
const TIMES_MAX = 20_000

/** Ids in the order of the rows. */
function traderOf(index: number): TraderId {
  return `a${String(index).padStart(5, '0')}`
}

function tickOf(trader: TraderId, count: number): Outgoing {
  const equity = Math.round(100_000_00 + (count % CYCLE)) / 100
  return { subject: subjects.tick(trader), payload: toJsonBytes({ equity, currency: 'USD' }) }
}

/** The first tick of each trader. */
export function firstTicks(traders: number): readonly Outgoing[] {
  return Array.from({ length: traders }, (_, index) => tickOf(traderOf(index), 0))
}

/** Ticks of a fleet, so many a second: half of them of the traders that a page shows first. */
export class Flow {
  readonly #connection: NatsConnection
  readonly #traders: number
  readonly #perSecond: number
  readonly #stopping = new AbortController()
  readonly #counts: number[]
  #sent = 0
  #done: Promise<void> = Promise.resolve()

  constructor(connection: NatsConnection, traders: number, perSecond: number) {
    this.#connection = connection
    this.#traders = traders
    this.#perSecond = perSecond
    this.#counts = new Array<number>(traders).fill(0)
  }

  get sent(): number {
    return this.#sent
  }

  start(): void {
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#done
  }

  async #run(): Promise<void> {
    const begun = performance.now()
    while (!this.#stopping.signal.aborted) {
      const due = ((performance.now() - begun) / 1_000) * this.#perSecond
      while (this.#sent < due) this.#send()
      await delay(TICK_MS)
    }
  }

  #send(): void {
    const turn = this.#sent >> 1
    const others = this.#traders - HOT
    const index = this.#sent % 2 === 0 || others <= 0 ? turn % Math.min(HOT, this.#traders) : HOT + (turn % others)
    const count = (this.#counts[index] ?? 0) + 1
    this.#counts[index] = count
    this.#sent += 1
    const { subject, payload } = tickOf(traderOf(index), count)
    this.#connection.publish(subject, payload)
  }
}

/** When the events of the first traders were stored, by trader and equity. */
export class StoredTimes {
  readonly #times: Map<string, number>
  readonly #stop: () => void

  private constructor(times: Map<string, number>, stop: () => void) {
    this.#times = times
    this.#stop = stop
  }

  /** @param afterSeq the last event that is not wanted */
  static async follow(connection: NatsConnection, afterSeq: number): Promise<StoredTimes> {
    let isOver = false
    const times = new Map<string, number>()
    const follower = await followStream(connection, {
      stream: streams.risk,
      start: { from: afterSeq + 1 },
      onMessage: ({ subject, data, time }) => {
        const address = parseEventSubject(subject)
        if (isOver || address.kind !== 'trader' || address.trader >= traderOf(HOT)) return
        const event = decodeRiskEvent(data)
        if (event.ok) times.set(`${address.trader} ${Number(event.value.state.equity) / 1e8}`, time)
        // Those of rows that nobody saw are never taken.
        if (times.size > TIMES_MAX) times.delete(times.keys().next().value ?? '')
      },
      onLost: () => undefined,
    })
    return new StoredTimes(times, () => {
      isOver = true
      follower.stop()
    })
  }

  /** Milliseconds since 1970; null: not known. Each is told once. */
  take(trader: string, equity: number): number | null {
    const key = `${trader} ${equity}`
    const time = this.#times.get(key) ?? null
    this.#times.delete(key)
    return time
  }

  stop(): void {
    this.#stop()
  }
}
