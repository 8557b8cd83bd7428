import { setTimeout as delay } from 'node:timers/promises'
import {
  type ConfigEvent,
  decodeConfigEvent,
  type FlagsChange,
  type GlobalLimitsChange,
  subjects,
} from '@drawbridge/contracts'
import { Backoff } from '@drawbridge/nats'
import { applyConfiguration, BUILT_IN_CONFIGURATION, type Configuration, decideChange } from '@drawbridge/risk-engine'
import type { LogMessage } from './core/read-input.ts'
import type { Role } from './core/role.ts'
import { checkNotRecreated } from './log-errors.ts'
import type { RiskLog } from './outbound/risk-log.ts'

/** What became of a change; `stopping`: the service stops before it is stored. */
type ChangeOutcome =
  | { readonly kind: 'changed'; readonly event: ConfigEvent }
  /** `error`: what the rules threw. */
  | { readonly kind: 'refused'; readonly reason: string; readonly error?: unknown }
  | { readonly kind: 'stopping' }

/** Changes are rare: a standby checks this often whether it is active, or another guardian has stored the change. */
const LOOK_EVERY_MS = 10

/** The configuration at the place up to which the input log is read, and changes of later inputs from the risk log. */
export class Configurations {
  #current: Configuration = BUILT_IN_CONFIGURATION
  /** The input of the last event of each kind: an adoption may store the kinds in another order than their inputs. */
  readonly #taken = new Map<ConfigEvent['kind'], number>()
  readonly #ahead = new Map<number, ConfigEvent>()
  readonly #lastSeqs = new Map<string, number>()
  readonly #riskLog: RiskLog
  readonly #role: Role
  readonly #stopping: AbortSignal

  constructor(riskLog: RiskLog, role: Role, stopping: AbortSignal) {
    this.#riskLog = riskLog
    this.#role = role
    this.#stopping = stopping
  }

  /** In force for the next input. */
  get current(): Configuration {
    return this.#current
  }

  /** Takes over an event of the log; if its input comes after `read`, it waits until that input is reached. */
  apply(event: ConfigEvent, read: number): void {
    if (event.inputSeq > read) this.#ahead.set(event.inputSeq, event)
    else if (event.inputSeq > (this.#taken.get(event.kind) ?? 0)) this.#take(event)
  }

  #take(event: ConfigEvent): void {
    this.#taken.set(event.kind, event.inputSeq)
    this.#current = applyConfiguration(this.#current, event)
  }

  /** The input log is read up to here: the events of these inputs take effect. */
  advance(read: number): void {
    const reached = [...this.#ahead.values()].filter((event) => event.inputSeq <= read)
    for (const event of reached.sort((a, b) => a.inputSeq - b.inputSeq)) {
      this.#ahead.delete(event.inputSeq)
      this.apply(event, read)
    }
  }

  /** Remembers the stream sequence of the last event on a subject of the risk log. */
  setLastSeq(subject: string, seq: number): void {
    this.#lastSeqs.set(subject, Math.max(seq, this.lastSeq(subject)))
  }

  /** 0: the log has none. */
  lastSeq(subject: string): number {
    return this.#lastSeqs.get(subject) ?? 0
  }

  /**
   * Makes the change that an input asks for: as the log has decided it, else by deciding and storing it. Refuses a
   * configuration that would not fit into a message.
   */
  async change(change: FlagsChange | GlobalLimitsChange, message: LogMessage): Promise<ChangeOutcome> {
    const stopping = this.#stopping
    const subject = subjects.config(change.kind)
    const backoff = new Backoff(20, 1_000)
    while (!stopping.aborted) {
      let event = this.#ahead.get(message.seq)
      if (event === undefined) {
        const decided = decideChange(this.#current, change, message.seq, message.time)
        if (!decided.ok) return { kind: 'refused', reason: decided.reason, error: decided.error }
        event = decided.value
        if (!this.#role.isActive) {
          await delay(LOOK_EVERY_MS, undefined, { signal: stopping }).catch(() => undefined)
          continue
        }
        const outcome = await this.#riskLog.appendConfiguration(event, this.lastSeq(subject), message.traceparent)
        if (outcome.kind === 'read-again') {
          const known = await this.#readLast(change.kind, message.seq)
          if (!known) await backoff.wait(stopping)
          continue
        }
        this.setLastSeq(subject, outcome.seq)
      }
      this.#ahead.delete(message.seq)
      this.#take(event)
      return { kind: 'changed', event }
    }
    return { kind: 'stopping' }
  }

  /**
   * Reads where the log ends. False if it is ahead of the input `seq`: then whether this input has an event is known only
   * once the follower of the log has delivered what lies between.
   */
  async #readLast(kind: ConfigEvent['kind'], seq: number): Promise<boolean> {
    const subject = subjects.config(kind)
    const knownSeq = this.lastSeq(subject)
    const last = await this.#riskLog.last(subject)
    checkNotRecreated(last, knownSeq, subject)
    if (last === null) return true
    const event = decodeConfigEvent(kind, last.data)
    if (!event.ok) throw new Error(`event ${last.seq} of the risk log cannot be read: ${event.reason}`)
    if (event.value.inputSeq > seq) return false
    this.setLastSeq(subject, last.seq)
    this.apply(event.value, seq - 1)
    return true
  }
}
