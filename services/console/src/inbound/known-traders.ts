import { nearestId, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { HttpFault } from '@drawbridge/service-kit'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { Fleet } from '../core/fleet.ts'
import type { RiskLogReader } from './risk-log-reader.ts'

/** So many ids are compared with an unknown one; it takes a few milliseconds. */
const COMPARED_MAX = 10_000

/**
 * The traders that a command may be meant for: configured, or known to one of the logs. A command to any other id is most
 * likely a typing error, and its trader would trade on.
 */
export class KnownTraders {
  readonly #configured: ReadonlySet<TraderId>
  readonly #fleet: Fleet
  readonly #reader: RiskLogReader
  readonly #manager: JetStreamManager

  /** @param configured by the settings of this service; those that the risk log configures are known, too */
  constructor(configured: Iterable<TraderId>, fleet: Fleet, reader: RiskLogReader, manager: JetStreamManager) {
    this.#configured = new Set(configured)
    this.#fleet = fleet
    this.#reader = reader
    this.#manager = manager
  }

  /** @throws {HttpFault} 404 for an unknown trader, with the id that was probably meant */
  async require(trader: TraderId): Promise<void> {
    if (this.#configured.has(trader) || this.#fleet.has(trader)) return
    if ((await this.#reader.last(trader)) !== null || (await this.#hasInput(trader))) return
    const inLog = Object.keys((await this.#reader.configuration(null)).traderOverrides)
    if (inLog.includes(trader)) return
    throw new HttpFault(404, 'unknown-trader', wordsFor(trader, this.#nearest(trader, inLog)))
  }

  /** All of them, but those whose first input nobody has decided yet. */
  async ids(): Promise<ReadonlySet<TraderId>> {
    const inLog = Object.keys((await this.#reader.configuration(null)).traderOverrides)
    return new Set([...this.#configured, ...inLog, ...this.#fleet.ids()])
  }

  /** Whether it has reported, or was given a command, that no guardian has decided yet. */
  async #hasInput(trader: TraderId): Promise<boolean> {
    const waiting = [subjects.tick(trader), subjects.anyCommand(trader)]
    const found = await Promise.all(waiting.map((subject) => lastMessage(this.#manager, streams.inputs, subject)))
    return found.some((message) => message !== null)
  }

  #nearest(trader: TraderId, inLog: readonly TraderId[]): TraderId | null {
    const known = new Set([...this.#configured, ...inLog])
    for (const id of this.#fleet.ids()) {
      if (known.size >= COMPARED_MAX) break
      known.add(id)
    }
    return nearestId(trader, [...known])
  }
}

function wordsFor(trader: TraderId, near: TraderId | null): string {
  const meant = near === null ? '' : `; did you mean "${near}"?`
  const way = 'to command it before its first report, send "create": true'
  return `trader "${trader}" is not configured and has never reported${meant}${near === null ? '; ' : ' '}${way}`
}
