import { outside } from './process.ts'

/** Where a process is while it waits for something outside of it, in words for the trace. */
const MOMENTS = {
  dials: 'as it dials',
  sends: 'before what it sends leaves',
  served: 'when the server has done what it was sent, before the answer arrives',
  heard: 'when it has taken in what came',
  asks: 'before its statement leaves for the database',
  commits: 'while its COMMIT is under way',
  committed: 'after its COMMIT, before the answer arrives',
  answered: 'when the database has answered',
} as const
export type Moment = keyof typeof MOMENTS

/** Something goes wrong with a process at one of its awaits. */
export type Strike = (moment: Moment) => void

/** Counts, process by process, the moments in which it waits for network or database; something may go wrong at any. */
export class Awaits {
  readonly #counts = new Map<string, number>()
  readonly #plans = new Map<string, { readonly count: number; readonly strike: Strike }>()

  /** The process has come to a moment; before anything follows from it. */
  readonly at = (by: string, moment: Moment): void => {
    const count = this.count(by) + 1
    this.#counts.set(by, count)
    const plan = this.#plans.get(by)
    if (plan?.count !== count) return
    this.#plans.delete(by)
    outside(() => plan.strike(moment))
  }

  /** How many of its moments there were. */
  count(by: string): number {
    return this.#counts.get(by) ?? 0
  }

  /** Something is to go wrong at so many of its moments from its start on, the last of them included. */
  plan(by: string, count: number, strike: Strike): void {
    this.#plans.set(by, { count, strike })
  }

  clear(): void {
    this.#plans.clear()
  }
}

export function describeMoment(moment: Moment): string {
  return MOMENTS[moment]
}

/** Whether it is the way to the database that breaks. */
export function isOfDatabase(moment: Moment): boolean {
  return moment === 'asks' || moment === 'commits' || moment === 'committed' || moment === 'answered'
}
