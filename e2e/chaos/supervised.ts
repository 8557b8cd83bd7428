import { setTimeout as delay } from 'node:timers/promises'
import { type ServiceName, type ServiceProcess, spawnService } from '@drawbridge/testing/processes'

/** As npm start does. */
const RESTART_AFTER_MS = 500

/** A service that is restarted whenever it ends, as by a supervisor, until {@link stop}. */
export class Supervised {
  readonly name: string
  /** When each of its processes ended, in milliseconds of Unix. */
  readonly endedAt: number[] = []
  readonly #spawn: () => ServiceProcess
  #process: ServiceProcess
  /** Resolves when no fault keeps it down. */
  #mayRun: Promise<void> = Promise.resolve()
  #stopping = false

  constructor(name: string, service: ServiceName, env: Readonly<Record<string, string>>) {
    this.name = name
    this.#spawn = () => spawnService(service, env)
    this.#process = this.#start()
  }

  get process(): ServiceProcess {
    return this.#process
  }

  /** SIGKILL; it stays down until the returned function is called. */
  async kill(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#mayRun = promise
    const killed = this.#process
    killed.kill('SIGKILL')
    await killed.exited
    return resolve
  }

  /** SIGSTOP, until the returned function is called. */
  freeze(): () => void {
    const frozen = this.#process
    frozen.kill('SIGSTOP')
    return () => frozen.kill('SIGCONT')
  }

  /** Null: it is ready. Otherwise its reason, or why there is none. */
  async unreadyBecause(): Promise<string | null> {
    try {
      const answer = await fetch(`${await this.#process.url()}/readyz`, { signal: AbortSignal.timeout(5_000) })
      return answer.ok ? null : `${this.name}: ${await answer.text()}`
    } catch (error) {
      return `${this.name}: ${error instanceof Error ? error.message : String(error)}`
    }
  }

  /** Ends it permanently. */
  async stop(): Promise<void> {
    this.#stopping = true
    this.#process.kill('SIGKILL')
    await this.#process.exited
  }

  #start(): ServiceProcess {
    const started = this.#spawn()
    void started.exited.then(() => {
      this.endedAt.push(Date.now())
      return this.#startAgain()
    })
    return started
  }

  async #startAgain(): Promise<void> {
    await delay(RESTART_AFTER_MS)
    await this.#mayRun
    if (!this.#stopping) this.#process = this.#start()
  }
}
