import { outside } from './process.ts'

/** The moments in which a process waits for the network or the database, as the trace describes them. */
const MOMENTS = {
  dials: 'as it dials',
  sends: 'before its message leaves',
  served: 'when the server has handled its message, before the answer arrives',
  heard: 'when it has received a message',
  asks: 'before its statement leaves for the database',
  commits: 'while its COMMIT is under way',
  committed: 'after its COMMIT, before the answer arrives',
  answered: 'when the database has answered',
} as const
export type Moment = keyof typeof MOMENTS

/** Counts the awaits of each process: the moments in which it waits for the network or the database. */
export class Awaits {
  readonly #counts = new Map<string, number>()
  readonly #plans = new Map<string, { readonly count: number; readonly fail: (moment: Moment) => void }>()

  /** The process has reached a moment; called before anything follows from it. */
  readonly at = (by: string, moment: Moment): void => {
    const count = this.count(by) + 1
    this.#counts.set(by, count)
    const plan = this.#plans.get(by)
    if (plan?.count !== count) return
    this.#plans.delete(by)
    outside(() => plan.fail(moment))
  }

  /** The number of its awaits so far. */
  count(by: string): number {
    return this.#counts.get(by) ?? 0
  }

  /** Plans a crash point: `fail` is called at this await of the process, counted from its start. */
  plan(by: string, count: number, fail: (moment: Moment) => void): void {
    this.#plans.set(by, { count, fail })
  }

  clear(): void {
    this.#plans.clear()
  }
}

export function describeMoment(moment: Moment): string {
  return MOMENTS[moment]
}

/** Whether the process waits for the database, and not for NATS. */
export function isOfDatabase(moment: Moment): boolean {
  return moment === 'asks' || moment === 'commits' || moment === 'committed' || moment === 'answered'
}
