import { setTimeout as delay } from 'node:timers/promises'
import { type ConfigEvent, decodeConfigEvent, headerNames, streams, subjects, toJsonBytes } from '@drawbridge/contracts'
import { type CommandDoor, lastMessage, requireStreams } from '@drawbridge/nats'
import { type JetStreamManager, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { readLogBinding } from '../log-binding.ts'
import type { Changes, InForce } from './changes.ts'

const LOOK_EVERY_MS = 50

/** Flags and limits in the log, and the control inputs that change them. */
export class ControlLog {
  readonly #connection: NatsConnection
  readonly #manager: JetStreamManager
  readonly #inputsOffset: number
  readonly #decidedWithinMs: number

  private constructor(
    connection: NatsConnection,
    manager: JetStreamManager,
    inputsOffset: number,
    decidedWithinMs: number,
  ) {
    this.#connection = connection
    this.#manager = manager
    this.#inputsOffset = inputsOffset
    this.#decidedWithinMs = decidedWithinMs
  }

  /**
   * @param decidedWithinMs how long it waits for what was asked for to be decided
   * @throws where the streams are missing, and while the log is being adopted
   */
  static async open(connection: NatsConnection, decidedWithinMs: number): Promise<ControlLog> {
    const manager = await requireStreams(connection, [streams.inputs, streams.risk, streams.rejects])
    const { inputsOffset } = await readLogBinding(connection)
    return new ControlLog(connection, manager, inputsOffset, decidedWithinMs)
  }

  /**
   * What is in force when every change that was asked for before is decided.
   * @throws where that takes too long
   */
  async inForce(): Promise<InForce> {
    const asked = await Promise.all(
      [
        [subjects.controlFlags, subjects.commandFlags('*')],
        [subjects.controlLimits, subjects.commandLimits('*')],
      ].map((doors) => this.#lastOn(doors)),
    )
    const [flags = 0, limits = 0] = asked
    return this.#decided(flags, limits)
  }

  /** Sequence of the last input on any of these; 0: there is none. */
  async #lastOn(doors: readonly string[]): Promise<number> {
    const last = await Promise.all(doors.map((subject) => lastMessage(this.#manager, streams.inputs, subject)))
    return Math.max(...last.map((message) => message?.seq ?? 0))
  }

  /**
   * Publishes what changes, and waits until its events are stored.
   * @returns what is in force then
   * @throws where that takes too long; the inputs are stored all the same
   */
  async apply(
    { flags, limits }: Changes,
    door: CommandDoor,
    { onBehalfOf, reason }: { readonly onBehalfOf: string | undefined; readonly reason: string },
  ): Promise<InForce> {
    const signature = { ...door.sign(onBehalfOf), reason }
    const client = jetstream(this.#connection, { timeout: this.#decidedWithinMs })
    const put = async (subject: string, message: object | null) =>
      message === null ? 0 : (await client.publish(subject, toJsonBytes({ ...message, ...signature }))).seq
    const limitsSeq = await put(door.limits, limits)
    return this.#decided(await put(door.flags, flags), limitsSeq)
  }

  /** @param flagsSeq of the input that must be decided; 0: none must */
  async #decided(flagsSeq: number, limitsSeq: number): Promise<InForce> {
    const deadline = performance.now() + this.#decidedWithinMs
    for (;;) {
      const [flags, limits] = await Promise.all([this.#last('flags'), this.#last('limits')])
      const inForce = {
        flags: flags?.kind === 'flags' ? flags : null,
        limits: limits?.kind === 'limits' ? limits : null,
      }
      const waiting = [...this.#undecided(flagsSeq, inForce.flags), ...this.#undecided(limitsSeq, inForce.limits)]
      if (waiting.length === 0) return inForce
      await this.#throwIfRefused(waiting)
      if (performance.now() > deadline) {
        throw new Error(
          `not decided after ${this.#decidedWithinMs / 1000} s: input ${waiting.join(' and ')} of INPUTS, which a guardian decides as soon ` +
            'as it can. Is one running? Run this again to see.',
        )
      }
      await delay(LOOK_EVERY_MS)
    }
  }

  async #throwIfRefused(waiting: readonly number[]): Promise<void> {
    const last = await lastMessage(this.#manager, streams.rejects, subjects.rejects(streams.inputs))
    const seq = Number(last?.header.get(headerNames.rejectSequence))
    if (!waiting.includes(seq)) return
    throw new Error(`guardians refused input ${seq} of INPUTS: ${last?.header.get(headerNames.rejectReason)}`)
  }

  #undecided(seq: number, event: ConfigEvent | null): readonly number[] {
    return seq === 0 || (event !== null && event.inputSeq >= seq + this.#inputsOffset) ? [] : [seq]
  }

  async #last(kind: ConfigEvent['kind']): Promise<ConfigEvent | null> {
    const last = await lastMessage(this.#manager, streams.risk, subjects.config(kind))
    if (last === null) return null
    const event = decodeConfigEvent(kind, last.data)
    if (!event.ok) throw new Error(`event ${last.seq} of RISK cannot be read: ${event.reason}`)
    return event.value
  }
}
