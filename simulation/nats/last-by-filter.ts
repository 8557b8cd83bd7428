import { type Matcher, matcherOf } from './matching.ts'

interface Filter {
  readonly matches: Matcher
  last: number
}

interface Subject {
  last: number
  count: number
  readonly filters: Filter[]
}

/** Knows the newest sequence on each subject, and on each filter that was ever asked for, without a search. */
export class LastByFilter {
  readonly #subjects = new Map<string, Subject>()
  readonly #filters = new Map<string, Filter>()

  /** The subjects that have messages, with how many and the newest; in the order of their first. */
  get subjects(): ReadonlyMap<string, { readonly last: number; readonly count: number }> {
    return this.#subjects
  }

  added(subject: string, seq: number): void {
    const known = this.#subjects.get(subject) ?? this.#begin(subject)
    known.last = seq
    known.count += 1
    for (const filter of known.filters) filter.last = seq
  }

  /** Messages go in their order, the oldest first: where it was the newest of a filter, the filter has none. */
  removedOldest(subject: string, seq: number): void {
    const known = this.#subjects.get(subject)
    if (known === undefined) return
    known.count -= 1
    for (const filter of known.filters) if (filter.last === seq) filter.last = 0
    if (known.count === 0) this.#subjects.delete(subject)
  }

  /** The newest sequence on a filter; 0: none. */
  last(filter: string): number {
    return (this.#filters.get(filter) ?? this.#beginFilter(filter)).last
  }

  #begin(name: string): Subject {
    const filters = [...this.#filters.values()].filter((filter) => filter.matches(name))
    const subject = { last: 0, count: 0, filters }
    this.#subjects.set(name, subject)
    return subject
  }

  #beginFilter(pattern: string): Filter {
    const filter = { matches: matcherOf(pattern), last: 0 }
    for (const [name, subject] of this.#subjects) {
      if (!filter.matches(name)) continue
      subject.filters.push(filter)
      filter.last = Math.max(filter.last, subject.last)
    }
    this.#filters.set(pattern, filter)
    return filter
  }
}
