import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * On whose behalf code runs. All services share this process; what one of them began stays with it: a timer that it set
 * does not ring, and nothing that comes in is heard, while it is stopped; and never once it is dead.
 */
export class SimulatedProcess {
  #state: 'running' | 'stopped' | 'dead' = 'running'
  /** What was to happen while it was stopped. */
  readonly #held = new Set<() => void>()

  /** Runs something on its behalf. */
  run<T>(work: () => T): T {
    return current.run(this, work)
  }

  /** Something is to happen in it: a timer rings, or something comes in. */
  ring(work: () => void): void {
    if (this.#state === 'running') current.run(this, work)
    else if (this.#state === 'stopped') this.#held.add(work)
  }

  /** Resolves at once, or when it goes on; never once it is dead. */
  going(): Promise<void> {
    return new Promise((resolve) => this.ring(resolve))
  }

  /** As by SIGSTOP. */
  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped'
  }

  /** As by SIGCONT: all that was to happen meanwhile happens now, in its order. */
  goOn(): void {
    if (this.#state !== 'stopped') return
    this.#state = 'running'
    for (const work of this.#held) {
      this.#held.delete(work)
      current.run(this, work)
    }
  }

  die(): void {
    this.#state = 'dead'
    this.#held.clear()
  }
}

const current = new AsyncLocalStorage<SimulatedProcess | null>()

/** Null: the world itself. */
export function currentProcess(): SimulatedProcess | null {
  return current.getStore() ?? null
}

/** Runs something on nobody's behalf: it goes on whatever becomes of the process that caused it. */
export function outside<T>(work: () => T): T {
  return current.run(null, work)
}
