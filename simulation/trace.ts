/** Ids that differ from run to run. */
const RANDOM_ID = /\b[0-9A-Za-z]{22}\b|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

/** The events of a run, one line each: virtual seconds, process, event. */
export class Trace {
  readonly lines: string[] = []
  readonly #elapsed: () => number

  /** @param elapsed milliseconds since the start of the run */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
  }

  add(who: string, what: string): void {
    this.lines.push(`${(this.#elapsed() / 1000).toFixed(3).padStart(8)} ${who.padEnd(14)} ${what}`)
  }

  /** For text from other code, which may contain random ids. */
  quote(who: string, words: string): void {
    this.add(who, words.replace(RANDOM_ID, '<id>').replaceAll('\n', ' '))
  }
}

/** An invariant does not hold. */
export interface Violation {
  readonly invariant: string
  readonly what: string
}

/** Reports that an invariant does not hold; the run ends with the first. */
export type Report = (invariant: string, what: string) => void
