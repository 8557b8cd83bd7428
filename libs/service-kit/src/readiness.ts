/** Null: fine. Otherwise a reason that an operator understands. */
export type ReadinessCheck = () => string | null
/** Null: nothing to tell. Otherwise something that an operator should know. */
export type ReadinessNote = () => string | null

export interface ReadinessReport {
  readonly ready: boolean
  readonly checks: Readonly<Record<string, string>>
  /** What does not keep the service from its work; absent where there is nothing to tell. */
  readonly notes?: Readonly<Record<string, string>>
}

/** Whether a service can do its work now, and if not why. */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>()
  readonly #notes = new Map<string, ReadinessNote>()

  add(name: string, check: ReadinessCheck): void {
    this.#checks.set(name, check)
  }

  /** Adds what is told beside the checks and has no say in them. */
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
