import { randomUUID } from 'node:crypto'
import {
  decodeRiskEvent,
  headerNames,
  type Pause,
  streams,
  subjects,
  TELEGRAM_USER,
  type TraderId,
  toJsonBytes,
  traceIdOf,
} from '@drawbridge/contracts'
import { hearPublished, readNewestAnswer } from '@drawbridge/nats'
import { newTraceparent } from '@drawbridge/service-kit'
import { jetstream } from '@nats-io/jetstream'
import type { Msg, NatsConnection } from '@nats-io/transport-node'
import { headers } from '@nats-io/transport-node'
import { type StillBlocking, stillBlocking } from '../core/notices-of-event.ts'

/** What became of a resume. */
export type ResumeOutcome =
  /** `still`: what blocks entries all the same. */
  | { readonly kind: 'resumed'; readonly still: StillBlocking }
  | { readonly kind: 'refused'; readonly reason: string }
  /** It is in the input log, and not decided in time; or nobody knows whether it is. */
  | { readonly kind: 'undecided' }

export interface ResumeOf {
  readonly trader: TraderId
  /** Whose holds end: those, and no other. */
  readonly holders: readonly string[]
  /** Who wants it, as `telegram:<id>`. */
  readonly by: string
  readonly reason: string
}

const ANSWER_WITHIN_MS = 2_000
const DECIDED_WITHIN_MS = 10_000

/**
 * Gives the one command that a chat may give, as a user of NATS of its own. What is decided comes with the events that the
 * notifier reads anyway.
 */
export class Resumer {
  readonly #connection: NatsConnection
  readonly #decidedWithinMs: number
  /** Those who wait for an outcome, by the trace of their command. */
  readonly #waiting = new Map<string, (outcome: ResumeOutcome) => void>()
  readonly #stop: () => void

  constructor(connection: NatsConnection, decidedWithinMs = DECIDED_WITHIN_MS) {
    this.#connection = connection
    this.#decidedWithinMs = decidedWithinMs
    this.#stop = hearPublished(connection, subjects.rejects(streams.inputs), (message) => this.#onReject(message))
  }

  /** The pause in the newest event. Null: nothing blocks entries. @throws if no guardian answers */
  async pauseOf(trader: TraderId): Promise<Pause | 'unknown-trader' | null> {
    const asked = await this.#connection.request(subjects.newest(trader), '', { timeout: ANSWER_WITHIN_MS })
    const answer = readNewestAnswer(asked)
    if (!answer.ok) throw new Error(`the answer of a guardian cannot be read: ${answer.reason}`)
    if (answer.value.newest === null) return 'unknown-trader'
    const event = decodeRiskEvent(answer.value.newest.data)
    if (!event.ok) throw new Error(`the newest event of ${trader} cannot be read: ${event.reason}`)
    return event.value.state.pause
  }

  /** Never throws. */
  async resume({ trader, holders, by, reason }: ResumeOf): Promise<ResumeOutcome> {
    const traceparent = newTraceparent()
    const trace = traceIdOf(traceparent) ?? traceparent
    const { promise, resolve } = Promise.withResolvers<ResumeOutcome>()
    this.#waiting.set(trace, resolve)
    const timer = setTimeout(() => resolve({ kind: 'undecided' }), this.#decidedWithinMs)
    try {
      const described = headers()
      described.set(headerNames.messageId, `telegram:${randomUUID()}`)
      described.set(headerNames.traceparent, traceparent)
      const command = toJsonBytes({ holder: holders, reason, onBehalfOf: by })
      const subject = subjects.command(TELEGRAM_USER, 'resume', trader)
      await jetstream(this.#connection, { timeout: ANSWER_WITHIN_MS }).publish(subject, command, { headers: described })
      return await promise
    } catch {
      // It may be stored all the same.
      return { kind: 'undecided' }
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(trace)
    }
  }

  /** An event of the risk log. */
  onEvent(message: Pick<Msg, 'headers' | 'data'>): void {
    const resolve = this.#waiterOf(message)
    if (resolve === undefined) return
    const event = decodeRiskEvent(message.data)
    if (!event.ok) return
    // Time, which passes with a command, makes an event, too; the reason of a refusal comes by itself.
    const isResumed = event.value.facts.some((fact) => fact.kind === 'resumed' && fact.by === TELEGRAM_USER)
    if (isResumed) resolve({ kind: 'resumed', still: stillBlocking(event.value) })
  }

  #onReject(message: Msg): void {
    this.#waiterOf(message)?.({ kind: 'refused', reason: message.headers?.get(headerNames.rejectReason) ?? '' })
  }

  #waiterOf({ headers: described }: Pick<Msg, 'headers'>) {
    if (this.#waiting.size === 0) return undefined
    return this.#waiting.get(traceIdOf(described?.get(headerNames.traceparent) ?? '') ?? '')
  }

  /** Safe to repeat. */
  stop(): void {
    this.#stop()
  }
}
