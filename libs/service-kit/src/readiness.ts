/** Null: fine. Otherwise a reason that an operator understands. */
export type ReadinessCheck = () => string | null
/** Null: nothing to report. Otherwise something that an operator should know. */
export type ReadinessNote = () => string | null

export interface ReadinessReport {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, string>>
  /** Notes that do not make the service unready; absent if there are none. */
  readonly notes?: Readonly<Record<string, string>>
}

/** Whether a service can work now, and if not, why. */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>()
  readonly #notes = new Map<string, ReadinessNote>()

  add(name: string, check: ReadinessCheck): void {
    this.#checks.set(name, check)
  }

  /** Adds a note that does not affect readiness. */
  inform(name: string, note: ReadinessNote): void {
    this.#notes.set(name, note)
  }

  report(): ReadinessReport {
    const checks: Record<string, string> = {}
    let ready = true
    for (const [name, check] of this.#checks) {
      const reason = check()
      if (reason !== null) ready = false
      checks[name] = reason ?? 'ok'
    }
    const told = [...this.#notes].flatMap(([name, note]) => {
      const words = note()
      return words === null ? [] : [[name, words] as const]
    })
    return { ready, checks, ...(told.length === 0 ? {} : { notes: Object.fromEntries(told) }) }
  }
}
