import { eventually, type ServiceProcess, spawnService } from '@drawbridge/testing'
import { metricOf } from './metric-of.ts'

/** A request without an answer is repeated. */
const ANSWERS_WITHIN_MS = 5_000

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

  /** Whether an event is of this guardian, by the name in its header: host, process, start. */
  isNamed(name: string): boolean {
    return name.split('-').at(-2) === String(this.process.pid)
  }

  /** Resolves when it decides. */
  ready(): Promise<void> {
    return this.#untilSaid(({ ok }) => ok, 'the guardian to decide')
  }

  /** Waits until it reports that it is not ready, for this reason. */
  untilUnready(reason: RegExp): Promise<void> {
    const isUnready = ({ status }: Response, said: string) => status === 503 && reason.test(said)
    return this.#untilSaid(isUnready, `the guardian to be unready because of ${reason}`)
  }

  /** Requests its readiness until the answer is as wanted. @throws with its last answer, and its log */
  async #untilSaid(isWanted: (answer: Response, said: string) => boolean, what: string): Promise<void> {
    const url = `${await this.process.url()}/readyz`
    let said = ''
    const look = async () => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) })
      said = await answer.text()
      return isWanted(answer, said)
    }
    await eventually(look, { timeoutMs: 60_000, what }).catch((error: Error) => {
      const lines = this.process.lines().slice(-20)
      throw new Error(`${error.message}; it said ${said}; its log ends with\n${JSON.stringify(lines)}`, {
        cause: error,
      })
    })
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

  /** SIGSTOP: it does nothing, and notices no time, until {@link goOn}. */
  holdUp(): void {
    this.process.kill('SIGSTOP')
  }

  goOn(): void {
    this.process.kill('SIGCONT')
  }
}
