import { eventually, type ServiceProcess, spawnService } from '@drawbridge/test-kit'
import { metricOf } from './metric-of.ts'

/** A guardian as `npm start` runs it. */
export class GuardianProcess {
  readonly process: ServiceProcess
  #running = true

  constructor(natsUrl: string, env: Readonly<Record<string, string>>) {
    this.process = spawnService('risk-guardian', { NATS_URL: natsUrl, LOG_LEVEL: 'info', ...env })
    this.process.exited.finally(() => {
      this.#running = false
    })
  }

  get isRunning(): boolean {
    return this.#running
  }

  /** Whether an event is of this guardian, by the name that its header bears: host, process, start. */
  isNamed(name: string): boolean {
    return name.split('-').at(-2) === String(this.process.pid)
  }

  /** Resolves when it judges. */
  async ready(): Promise<void> {
    const url = `${await this.process.url()}/readyz`
    await eventually(async () => (await fetch(url)).ok, { timeoutMs: 60_000, what: 'the guardian to judge' })
  }

  /** Waits until it says that it is not ready, and why. */
  async untilUnready(reason: RegExp): Promise<void> {
    const url = `${await this.process.url()}/readyz`
    const look = async () => {
      const answer = await fetch(url)
      return answer.status === 503 && reason.test(await answer.text())
    }
    await eventually(look, { timeoutMs: 60_000, what: `the guardian to be unready because of ${reason}` })
  }

  /** A metric, summed over its labels. */
  metric(name: string): Promise<number> {
    return metricOf(this.process, name)
  }

  /** SIGKILL; resolves when it has ended. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL')
    await this.process.exited
  }

  /** SIGSTOP: it does nothing, and knows of no time, until {@link goOn}. */
  holdUp(): void {
    this.process.kill('SIGSTOP')
  }

  goOn(): void {
    this.process.kill('SIGCONT')
  }
}
