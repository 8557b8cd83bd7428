import { type ConnectorFault, formatInstant, printable } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import type { Failure } from './core/failure.ts'
import { AFTER_LOST_ORDER, patienceInWords, remedyFor } from './core/remedies.ts'

/** What a connector has to do; each can fail on its own. */
export type Task = ConnectorFault['task']
export const TASKS = ['read', 'block', 'unblock', 'flatten', 'forward', 'run-alone'] as const satisfies readonly Task[]

/** So many characters of a reason are told, and of an advice. */
const TOLD_MAX = 500

interface Failing {
  failures: number
  readonly since: string
  fault: ConnectorFault | null
}

/** Knows what a connector cannot do at present, and tells of each once when it begins, and once when it is over. */
export class ConnectorFaults {
  readonly #log: Logger
  readonly #onChange: () => void
  readonly #failing = new Map<Task, Failing>()
  readonly #counts = new Map<Task, number>()

  constructor(log: Logger, onChange: () => void) {
    this.#log = log
    this.#onChange = onChange
  }

  get open(): readonly ConnectorFault[] {
    return [...this.#failing.values()].flatMap(({ fault }) => fault ?? [])
  }

  /** How many times this has failed since the connector started. */
  countOf(task: Task): number {
    return this.#counts.get(task) ?? 0
  }

  /** @returns how many times in a row it has failed, with this one */
  failed(task: Task, failure: Failure): number {
    const { kind } = failure
    const patience = task === 'read' ? patienceInWords(failure, Date.now()) : null
    const reason = printable(`${failure.reason}${patience ?? ''}`, TOLD_MAX)
    const failing: Failing = this.#failing.get(task) ?? { failures: 0, since: formatInstant(Date.now()), fault: null }
    this.#failing.set(task, failing)
    this.#counts.set(task, this.countOf(task) + 1)
    failing.failures += 1
    const { toldAfter, advice: usual } = remedyFor(kind)
    const advice = task === 'forward' ? AFTER_LOST_ORDER : printable(failure.advice ?? usual, TOLD_MAX)
    // An entry that is not blocked may lose money at once, and after a long wait nobody counts failures.
    const isToldLater = task === 'read' && patience === null
    if (failing.fault === null && failing.failures < (isToldLater ? toldAfter : 1)) return failing.failures
    // Each order is another one.
    const isNews = failing.fault === null || failing.fault.kind !== kind || task === 'forward'
    failing.fault = { task, kind, reason, advice, since: failing.since }
    if (isNews) {
      this.#log.warn({ task, kind, reason, advice }, 'a connector cannot do its work')
      this.#onChange()
    }
    return failing.failures
  }

  done(task: Task): void {
    const failing = this.#failing.get(task)
    if (failing === undefined) return
    this.#failing.delete(task)
    if (failing.fault === null) return
    this.#log.info({ task }, 'a connector does its work again')
    this.#onChange()
  }
}
