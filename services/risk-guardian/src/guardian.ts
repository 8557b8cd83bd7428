import { setTimeout as delay } from 'node:timers/promises'
import { type ConfigEvent, isConfiguration, parseEventSubject, streams, subjects } from '@drawbridge/contracts'
import { findUnreadable, followStream, untilAnswered } from '@drawbridge/nats'
import { readRemovedInputs } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'
import { rangesWithout } from './core/settlement.ts'
import { type GuardianOptions, type GuardianParts, makeParts, registerGauges } from './guardian-parts.ts'
import { configEventOf } from './inbound/risk-log-reader.ts'
import { UNSETTLED_MAX } from './intake.ts'
import { RiskLogDamagedError } from './log-errors.ts'

const LOOK_EVERY_MS = 20
/** If no message of the risk log arrives for this long while it is read, the cause is looked for. */
const STUCK_AFTER_MS = 5_000

/** Inputs that admins have removed, by sequence. */
type RemovedInputs = Awaited<ReturnType<typeof readRemovedInputs>>

/** What the input log held when it was looked at. */
interface RestoredInputs {
  /** The sequence of the last input. */
  readonly lastSeq: number
  /** When that was, by `performance.now()`. */
  readonly lookedAt: number
}

/** INPUTS through the rules into RISK: one event per input, decided in the order of the input log. */
export class Guardian {
  readonly #options: GuardianOptions
  readonly #parts: GuardianParts

  constructor(options: GuardianOptions) {
    this.#options = options
    this.#parts = makeParts(options)
    registerGauges(options.registry, this.#parts)
  }

  /** Every input up to this stream sequence is decided and stored. */
  get settled(): number {
    return this.#parts.settlement.settled
  }

  /** Whether the risk log is full: decisions wait. */
  get isLogFull(): boolean {
    return this.#parts.riskLog.full
  }

  /** How many inputs had left the input log before they were read. */
  get inputsLost(): number {
    return this.#parts.intake.lost
  }

  /** Why nothing is decided, if the risk log is damaged; null: it is whole as far as is known. */
  get damage(): string | null {
    return this.#parts.watch.damaged?.message ?? null
  }

  /** Restores what the risk log knows and continues from there. Waits while the log is damaged. */
  async start(): Promise<void> {
    const { lifecycle, log } = this.#options
    const { failures, careful, intake, heartbeats, requests, lanes, wakeTimers } = this.#parts
    const inputs = await this.#restore()
    if (inputs === null) return
    const { lastSeq, lookedAt } = inputs
    if (lastSeq > this.settled) {
      await careful.begin(this.settled, UNSETTLED_MAX)
      lifecycle.onStop('note of the start', () => careful.stop(this.settled))
    }
    intake.start()
    const look = setInterval(() => this.#lookAtRole(), LOOK_EVERY_MS)
    lifecycle.onStop('role', () => clearInterval(look))
    heartbeats.start(lastSeq, lookedAt)
    lifecycle.onStop('heartbeats', () => heartbeats.stop())
    if (!failures.stopping.aborted) requests.start()
    log.info({ traders: lanes.size, settled: this.settled, behind: lastSeq - this.settled }, 'judging')
    wakeTimers.planAll(lanes)
  }

  #lookAtRole(): void {
    const { failures, role, tail, intake, lanes } = this.#parts
    if (failures.stopping.aborted) return
    const now = performance.now()
    if (role.isUndisputed(now)) tail.rest()
    tail.look()
    if (!role.takeOver(intake.undecidedSince, now)) return
    this.#options.log.info({ settled: this.settled }, 'became the active guardian')
    lanes.lookAgain()
  }

  /**
   * Restores what the logs know: first start, restart and takeover are the same. Waits while the risk log is damaged.
   * @returns null: the service stops
   */
  async #restore(): Promise<RestoredInputs | null> {
    const { lifecycle, log, onAsked, connection } = this.#options
    const { watch, inputs, failures, reader, watermark, riskLog, intake } = this.#parts
    /** At the start NATS may be breaking down. Each step is safe to repeat until it has been done. */
    const answered = <T>(step: () => Promise<T>): Promise<T> =>
      untilAnswered(step, { what: 'the logs cannot be read', log, stopping: lifecycle.stopping })
    await answered(() => watch.untilWhole(() => onAsked?.()))
    if (lifecycle.stopping.aborted) return null
    await answered(() => watch.look())
    const unreadable = await answered(() => this.#readNewest())
    if (unreadable !== null) {
      await failures.haltUntilRepaired(unreadable)
      return null
    }
    reader.endStart()
    await answered(() => watch.look())
    reader.isWholeAfter(watch.state?.last_seq ?? 0)
    const lookedAt = performance.now()
    const removed = await answered(() => readRemovedInputs(connection))
    const { settled, judged } = reader
    const { bound, inputsOffset } = watch
    const held = await answered(() => inputs.look(Math.max(settled, judged.seq) - inputsOffset))
    await answered(() => inputs.checkHolds(judged.seq - inputsOffset, judged.time))
    watch.checkUsable(held.first_ts)
    if (bound === null) await watermark.write(settled, riskLog)
    const firstSeq = held.first_seq + inputsOffset
    for (const { from, to } of rangesWithout(settled + 1, firstSeq - 1, removed.keys())) intake.reportLost(from, to)
    await answered(() => this.#place(Math.max(settled, firstSeq - 1), removed))
    return { lastSeq: held.last_seq + inputsOffset, lookedAt }
  }

  /**
   * Reads the newest event of each subject, and continues to hear the log. A message that the server cannot read is left
   * out, or blocks the reading for good, without an error: so it is looked for if a subject is missing, or nothing arrives.
   * @returns such damage; null: all is read
   */
  async #readNewest(): Promise<RiskLogDamagedError | null> {
    const { tail, reader, watch, failures } = this.#parts
    let [isRead, waitsSince, heard] = [false, performance.now(), 0]
    const read = async () => {
      isRead = false
      await tail.start(reader)
      isRead = true
      waitsSince = performance.now()
    }
    let reading = read()
    // The server may count one message less than it delivers, if others are stored while it looks them up.
    while (!isRead || reader.subjectsRead < (watch.state?.num_subjects ?? 0)) {
      const soon = delay(LOOK_EVERY_MS, undefined, { ref: false })
      await (isRead ? soon : Promise.race([reading, soon]))
      if (failures.stopping.aborted) return reading.then(() => null)
      if (!isRead && watch.knownSeq > heard) waitsSince = performance.now()
      heard = watch.knownSeq
      if (performance.now() - waitsSince < STUCK_AFTER_MS) continue
      const subject = await findUnreadable(this.#options.manager, streams.risk)
      if (subject !== null) return new RiskLogDamagedError({ kind: 'unreadable', stream: streams.risk, subject })
      waitsSince = performance.now()
      if (!isRead) continue
      // It can also leave out one that is stored meanwhile, until the next one is stored.
      this.#options.log.warn('RISK did not deliver the newest event of each subject; reading it again')
      reading = read()
    }
    return null
  }

  /**
   * Configurations are read only now: the ones stored since the risk log is followed are known from there, and the ones
   * stored before from here, so none is missed.
   */
  async #place(settled: number, removed: RemovedInputs): Promise<void> {
    const { watermark, configurations, intake, watch } = this.#parts
    watermark.isCarried(settled)
    await readConfigurations(this.#options.connection, (event) => configurations.apply(event, settled))
    configurations.advance(settled)
    intake.placeAfter(settled, watch.inputsOffset)
    for (const inputSeq of removed.keys()) intake.remove(inputSeq)
  }
}

/** Reads every flags and limits event that the log has ever held, in order. */
async function readConfigurations(connection: NatsConnection, onEvent: (event: ConfigEvent) => void): Promise<void> {
  const follower = await followStream(connection, {
    stream: streams.risk,
    filterSubjects: [subjects.config('flags'), subjects.config('limits')],
    start: { from: 1 },
    onMessage: (message) => {
      const address = parseEventSubject(message.subject)
      if (address.kind === 'config' && isConfiguration(address.config)) onEvent(configEventOf(message, address.config))
    },
    onLost: () => undefined,
  })
  await follower.caughtUp
  follower.stop()
}
