import { registerGauges } from './gauges.ts'
import { type GuardianOptions, type GuardianParts, makeParts } from './guardian-parts.ts'
import { UNSETTLED_MAX } from './intake.ts'
import { restore } from './restore.ts'

const LOOK_EVERY_MS = 20

/** INPUTS through the rules into RISK: one event an input, decided in the order of the input log. */
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

  /** Whether the risk log takes no more: decisions wait. */
  get isLogFull(): boolean {
    return this.#parts.riskLog.full
  }

  /** How many inputs had left the input log before they were read. */
  get inputsLost(): number {
    return this.#parts.intake.lost
  }

  /** Why nothing is decided, by a damaged risk log; null: it is whole as far as is known. */
  get damage(): string | null {
    return this.#parts.watch.damaged?.message ?? null
  }

  /** Restores what the risk log knows and goes on from there. Waits while the log is damaged. */
  async start(): Promise<void> {
    const { lifecycle, log } = this.#options
    const { failures, careful, intake, heartbeats, requests, lanes, wakeRounds } = this.#parts
    const inputs = await restore(this.#options, this.#parts)
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
    wakeRounds.begin()
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
}
