import { encodeHeartbeat, HEARTBEAT_INTERVAL_MS, subjects } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'
import { Liveness } from '../core/liveness.ts'
import type { Settlement } from '../core/settlement.ts'
import type { Failures } from '../failures.ts'
import type { InputWatch } from '../inbound/input-watch.ts'
import type { RiskTail } from '../inbound/risk-tail.ts'
import type { Intake } from '../intake.ts'
import { isFinal } from '../log-errors.ts'
import type { LogWatch } from '../log-watch.ts'
import type { Watermark } from '../watermark.ts'
import type { RiskLog } from './risk-log.ts'

interface HeartbeatParts {
  readonly connection: NatsConnection
  /** Names the guardian. */
  readonly name: string
  readonly leaseMs: number
  readonly inputs: InputWatch
  readonly watch: LogWatch
  readonly settlement: Settlement
  readonly riskLog: RiskLog
  readonly watermark: Watermark
  readonly intake: Intake
  readonly tail: RiskTail
  readonly failures: Failures
  readonly log: Logger
}

/** An input may be as old as the last look that did not see it; a short lease leaves little time for that. */
const LOOKS_PER_LEASE = 8

/**
 * Looks at both logs once a second, or more often if the lease is short, and sends a heartbeat while no input is undecided
 * for half a lease.
 */
export class Heartbeats {
  readonly #parts: HeartbeatParts
  #timer: NodeJS.Timeout | undefined
  #isBusy = false
  #sentAt = 0
  /** Where INPUTS ended at the last look, if nothing waited to be decided although not all was settled; else null. */
  #missingBefore: number | null = null

  constructor(parts: HeartbeatParts) {
    this.#parts = parts
  }

  /** When the last one was sent, milliseconds of Unix time; 0: none. */
  get sentAt(): number {
    return this.#sentAt
  }

  /**
   * @param lastSeq the end of INPUTS; none is sent before that is settled
   * @param lookedAt when INPUTS was looked at for that, by `performance.now()`
   */
  start(lastSeq: number, lookedAt: number): void {
    const { leaseMs } = this.#parts
    const liveness = new Liveness(leaseMs / 2, lastSeq, lookedAt)
    const everyMs = Math.min(HEARTBEAT_INTERVAL_MS, leaseMs / LOOKS_PER_LEASE)
    this.#timer = setInterval(() => void this.#beat(liveness), everyMs)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #beat(liveness: Liveness): Promise<void> {
    const { settlement, riskLog, watermark, failures, log } = this.#parts
    if (this.#isBusy || failures.stopping.aborted) return
    this.#isBusy = true
    const { settled } = settlement
    try {
      if (!(await this.#lookAndSend(liveness, settled))) return
      this.#lookForRemoved(settled)
      await watermark.writeIfDue(settled, riskLog).catch(failures.fail)
    } catch (error) {
      if (isFinal(error)) failures.fail(error)
      else if (!failures.stopping.aborted) log.warn({ err: error }, 'no heartbeat: NATS cannot be asked')
    } finally {
      this.#isBusy = false
    }
  }

  /** False if the look proves nothing: the service stops, or the risk log may be damaged. */
  async #lookAndSend(liveness: Liveness, settled: number): Promise<boolean> {
    const { connection, name, inputs, watch, riskLog, failures } = this.#parts
    const { inputsOffset } = watch
    const [state, isWhole] = await Promise.all([inputs.look(settled - inputsOffset), watch.look()])
    if (failures.stopping.aborted || !isWhole) return false
    const lastSeq = state.last_seq + inputsOffset
    if (liveness.keepsUp(lastSeq, settled, performance.now()) && !riskLog.full) {
      const offset = inputsOffset === 0 ? {} : { inputsOffset }
      const heartbeat = { instance: name, settled, lag: lastSeq - settled, log: watch.created, ...offset }
      connection.publish(subjects.heartbeat, encodeHeartbeat(heartbeat))
      this.#sentAt = Date.now()
    }
    return true
  }

  /** The last input may have been removed: a guardian that does not read RISK learns that only if it reads on. */
  #lookForRemoved(settled: number): void {
    const { intake, inputs, watch, tail } = this.#parts
    const end = (inputs.lastSeq ?? 0) + watch.inputsOffset
    const isMissing = intake.undecidedSince === null && settled < end
    if (isMissing && end === this.#missingBefore) tail.goOn()
    this.#missingBefore = isMissing ? end : null
  }
}
