import type { Gate, Outbox } from '@drawbridge/client'
import { type TraderId, toJsonBytes } from '@drawbridge/contracts'
import type { SumSource } from '@drawbridge/settings'
import { type Sum, tickOf } from './core/sum.ts'
import { memberOf } from './core/sum-member.ts'
import { SumSampler } from './core/sum-sampler.ts'

/** So long a process leaves the samples to another one, and a random part of it more, so that two do not begin together. */
const STANDBY_MS = 500
/** What became of a sample is asked for so long; then it stays as it was. */
const JUDGED_WITHIN_MS = 60_000

interface SumOptions {
  readonly gate: Gate
  readonly outbox: Outbox
  readonly source: SumSource
  /** Those of the members. */
  readonly gates: ReadonlyMap<TraderId, Gate>
  /** By the settings; null: they do not say it. */
  readonly currencyOf: (member: TraderId) => string | null
}

/**
 * Reports the sum of other traders as the equity of a trader of its own. Its gate is closed (`undecided`) while nobody can
 * say what the sum is, or while it may have changed the answer and is not sampled yet.
 *
 * Any number of processes may report the same sum: their samples count in one run, so that of equal ones the first counts,
 * and the others leave it to the process whose samples do.
 */
export class SumReporter {
  readonly #options: SumOptions
  readonly #sampler: SumSampler
  /** The version of each member that was heard last. */
  readonly #heard = new Map<TraderId, number>()
  #timer: NodeJS.Timeout | undefined
  #undecided: string | null = null
  #isStopped = false

  constructor(options: SumOptions) {
    const { gate, source } = options
    this.#options = options
    this.#sampler = new SumSampler({
      trader: gate.trader,
      members: source.of,
      settleMs: source.settleMs,
      standbyMs: STANDBY_MS * (1 + Math.random()),
      mayChange: (sum) => gate.mayChange(readingOf(sum)),
    })
  }

  /** Why nobody can say how the group stands now; null: its last decision says it. */
  get undecided(): string | null {
    return this.#undecided
  }

  start(): void {
    const { gate, gates } = this.#options
    for (const member of gates.values()) {
      this.#hear(member)
      member.onNewest(() => {
        this.#hear(member)
        this.#look()
      })
    }
    const hearLog = () => {
      this.#sampler.hearLog(gate.newest, performance.now())
      this.#look()
    }
    gate.onNewest(hearLog)
    hearLog()
  }

  /** Safe to repeat. */
  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
  }

  #hear({ trader, newest }: Gate): void {
    const { currencyOf } = this.#options
    const event = newest.known ? newest.event : null
    const isNew = event !== null && event.state.version !== this.#heard.get(trader)
    if (event !== null) this.#heard.set(trader, event.state.version)
    const restarted = isNew && event.facts.some(({ kind }) => kind === 'restarted')
    this.#sampler.hear(trader, memberOf(trader, newest, currencyOf(trader)), performance.now(), restarted)
  }

  #look(): void {
    if (this.#isStopped) return
    const { sample, undecided, dueAt } = this.#sampler.look(performance.now())
    if (sample !== null) this.#report(sample.sum, sample.run)
    this.#say(undecided)
    clearTimeout(this.#timer)
    if (dueAt === null) return
    this.#timer = setTimeout(() => this.#look(), Math.max(0, dueAt - performance.now()))
  }

  #say(undecided: string | null): void {
    if (undecided === this.#undecided) return
    this.#undecided = undecided
    this.#options.gate.doubt(undecided)
  }

  #report(sum: Sum, run: string): void {
    const message = tickOf(sum, run)
    const own = this.#options.outbox.send(toJsonBytes(message), readingOf(sum), '')
    void own.fate(JUDGED_WITHIN_MS).then((fate) => {
      if (fate.kind !== 'decided' || fate.decision.outcome === 'included') return
      this.#sampler.judged(fate.decision.outcome !== 'rejected')
    })
  }
}

function readingOf({ equity, balance, netDeposits, currency }: Sum) {
  return { equity, balance, netDeposits, currency }
}
