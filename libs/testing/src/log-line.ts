/** A JSON line of a service's log; a line that is not a JSON object becomes a `msg`. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string }

const LINES_MAX = 10_000

/** The last {@link LINES_MAX} lines of a log. */
export class LogLines {
  readonly #lines: LogLine[] = []

  add(text: string): void {
    this.#lines.push(parseLine(text))
    if (this.#lines.length > LINES_MAX) this.#lines.shift()
  }

  get all(): readonly LogLine[] {
    return this.#lines
  }
}

function parseLine(text: string): LogLine {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return { msg: '', ...value }
  } catch {
    // Not every line is ours: Node itself writes warnings and traces.
  }
  return { msg: text }
}
