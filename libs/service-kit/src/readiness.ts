/** Null: fine. Otherwise a reason that an operator understands. */
export type ReadinessCheck = () => string | null

/** Whether a service can do its work now, and if not why. */
export class Readiness {
  readonly #checks = new Map<string, ReadinessCheck>()

  add(name: string, check: ReadinessCheck): void {
    this.#checks.set(name, check)
  }

  report(): { readonly ready: boolean; readonly checks: Readonly<Record<string, string>> } {
    const checks: Record<string, string> = {}
    let ready = true
    for (const [name, check] of this.#checks) {
      const reason = check()
      if (reason !== null) ready = false
      checks[name] = reason ?? 'ok'
    }
    return { ready, checks }
  }
}
