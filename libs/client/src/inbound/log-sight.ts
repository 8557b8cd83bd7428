import { riskLogDamage, streams } from '@drawbridge/contracts'
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { DamagedRiskLogError } from '../risk-log-errors.ts'
import { isForbidden } from './may-ask.ts'

const ANSWER_WITHIN_MS = 2_000

/** The state of the risk log by JetStream, for users who may ask. */
export class LogSight {
  readonly #connection: NatsConnection
  #manager: JetStreamManager | null = null
  #isForbidden = false
  #knownSeq = 0

  constructor(connection: NatsConnection) {
    this.#connection = connection
  }

  /** The log in use holds the message of this stream sequence. */
  knows(seq: number): void {
    if (seq > this.#knownSeq) this.#knownSeq = seq
  }

  /** From now on it is another log. */
  forget(): void {
    this.#knownSeq = 0
  }

  /**
   * @param known creation time of the log in use; null: none
   * @returns creation time of the present log; null if this user may not ask
   * @throws {DamagedRiskLogError} if messages are missing; also refusals of NATS
   */
  async look(known: string | null): Promise<string | null> {
    if (this.#isForbidden) return null
    const knownSeq = this.#knownSeq
    try {
      this.#manager ??= await jetstreamManager(this.#connection, { timeout: ANSWER_WITHIN_MS, checkAPI: false })
      const found = await this.#manager.streams.info(streams.risk)
      const damage = riskLogDamage(found, found.created === known ? knownSeq : 0)
      if (damage !== null) throw new DamagedRiskLogError(damage)
      return found.created
    } catch (error) {
      if (!isForbidden(error)) throw error
      this.#isForbidden = true
      return null
    }
  }
}
