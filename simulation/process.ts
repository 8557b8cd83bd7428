import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * The simulated process that code runs for. All services share this real process. While a simulated process is stopped,
 * its timers do not fire and it receives nothing; once it is dead, they never do.
 */
export class SimulatedProcess {
  #state: 'running' | 'stopped' | 'dead' = 'running'
  /** The work that waits while it is stopped. */
  readonly #held = new Set<() => void>()

  /** Runs something as this process. */
  run<T>(work: () => T): T {
    return current.run(this, work)
  }

  /** Runs something that happens to it: a timer fires, or a message arrives. */
  ring(work: () => void): void {
    if (this.#state === 'running') current.run(this, work)
    else if (this.#state === 'stopped') this.#held.add(work)
  }

  /** Resolves at once, or when it continues; never once it is dead. */
  going(): Promise<void> {
    return new Promise((resolve) => this.ring(resolve))
  }

  /** Like SIGSTOP. */
  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped'
  }

  /** Like SIGCONT: the waiting work runs now, in its order. */
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

/** Runs something outside of all processes: it continues even if the process that caused it stops or dies. */
export function outside<T>(work: () => T): T {
  return current.run(null, work)
}
