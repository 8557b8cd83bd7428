import { nearestId, streams, subjects, type TraderId } from '@drawbridge/contracts'
import { lastMessage } from '@drawbridge/nats'
import { HttpFault } from '@drawbridge/service-kit'
import type { JetStreamManager } from '@nats-io/jetstream'
import type { Fleet } from '../core/fleet.ts'
import type { RiskLogReader } from './risk-log-reader.ts'

/** So many ids are compared with an unknown one; it takes a few milliseconds. */
const COMPARED_MAX = 10_000

/**
 * The traders that a request may be meant for: configured, or known to one of the logs. Any other id is most likely a typing
 * error: a command to it would leave its trader trading on.
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

  /**
   * For a command.
   * @throws {HttpFault} 404 for an unknown trader, with the id that was probably meant, or how to command it all the same
   */
  async require(trader: TraderId): Promise<void> {
    const near = await this.#nearestUnlessKnown(trader)
    if (near !== 'known') throw unknownTrader(trader, near, CREATE)
  }

  /**
   * For a read.
   * @throws {HttpFault} 404 for an unknown trader, with the id that was probably meant
   */
  async requireToRead(trader: TraderId): Promise<void> {
    const near = await this.#nearestUnlessKnown(trader)
    if (near !== 'known') throw unknownTrader(trader, near, null)
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

  /** An unknown trader is told by the id that was probably meant; null: no known one is like it. */
  async #nearestUnlessKnown(trader: TraderId): Promise<'known' | { readonly id: TraderId | null }> {
    if (this.#configured.has(trader) || this.#fleet.has(trader)) return 'known'
    if ((await this.#reader.last(trader)) !== null || (await this.#hasInput(trader))) return 'known'
    const inLog = Object.keys((await this.#reader.configuration(null)).traderOverrides)
    return inLog.includes(trader) ? 'known' : { id: this.#nearest(trader, inLog) }
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

const CREATE = 'to command it before its first report, send "create": true'

function unknownTrader(trader: TraderId, near: { readonly id: TraderId | null }, way: string | null): HttpFault {
  const meant = near.id === null ? '' : `; did you mean "${near.id}"?`
  const more = way === null ? '' : `${near.id === null ? ';' : ''} ${way}`
  return new HttpFault(
    404,
    'unknown-trader',
    `trader "${trader}" is not configured and has never reported${meant}${more}`,
  )
}
