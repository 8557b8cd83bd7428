import { type ChildProcess, spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A JSON line on the standard output of a process. */
type Line = Readonly<Record<string, unknown>> & { readonly msg: string }

/** The answer of the probe in a process. */
export interface Probed {
  /** `heapUsed` and `external`, after a full collection. */
  readonly heapBytes: number
  readonly rssBytes: number
  /** The maximum so far. */
  readonly rssMostBytes: number
  /** User and system time since the start, milliseconds. */
  readonly cpuMs: number
}

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PROBE = new URL('probe.ts', import.meta.url).href
const LINES_MAX = 1_000
const STOPS_WITHIN_MS = 15_000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A measured process: the guardian and each floor are started in the same way, with the same flags. */
export class NodeProcess implements AsyncDisposable {
  /** `performance.now()` at its start. */
  readonly startedAt = performance.now()
  readonly #child: ChildProcess
  readonly #changes = new EventEmitter()
  readonly #exited: Promise<void>
  readonly #lines: Line[] = []
  #ended: string | null = null

  /** @param script relative to the root; @param cwd a folder without personal settings */
  constructor(
    script: string,
    cwd: string,
    env: Readonly<Record<string, string>>,
    args: readonly string[] = [],
    nodeFlags: readonly string[] = [],
  ) {
    const { PATH = '', NODE_OPTIONS = '' } = process.env
    const flags = ['--expose-gc', '--import', PROBE, ...nodeFlags]
    const child = spawn(process.execPath, [...flags, `${ROOT}/${script}`, ...args], {
      cwd,
      env: { PATH, NODE_OPTIONS, ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    this.#child = child
    running.add(child)
    if (child.stdout !== null) createInterface({ input: child.stdout }).on('line', (text) => this.#take(text))
    this.#exited = once(child, 'close').then(([code, signal]) => {
      running.delete(child)
      this.#ended = `${script} ended (${signal ?? `exit code ${code}`})`
      this.#changes.emit('change')
    })
  }

  /** The next line with this message, even if already received. @throws if the process ends first */
  async line(msg: string): Promise<Line> {
    for (;;) {
      const index = this.#lines.findIndex((line) => line.msg === msg)
      const [known] = index < 0 ? [] : this.#lines.splice(index, 1)
      if (known !== undefined) return known
      if (this.#ended !== null) throw this.#endedBefore(msg)
      await once(this.#changes, 'change')
    }
  }

  /** Asks the probe; returns memory after two full collections and the CPU time so far. */
  async probe(): Promise<Probed> {
    this.send('probe')
    return (await this.line('probed')) as unknown as Probed
  }

  /** What the work returns, and the CPU time of this process meanwhile, milliseconds. */
  async cpuDuring<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
    const { cpuMs } = await this.probe()
    const done = await work()
    return [done, (await this.probe()).cpuMs - cpuMs]
  }

  send(kind: 'probe' | 'go'): void {
    this.#child.send({ kind })
  }

  /** @throws if the process ends before the work is done */
  watch<T>(work: Promise<T>): Promise<T> {
    const ended = this.#exited.then(() => {
      throw this.#endedBefore('the work was done')
    })
    return Promise.race([work, ended])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended === null) this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOPS_WITHIN_MS)
    await this.#exited
    clearTimeout(timer)
  }

  #take(text: string): void {
    const line = parseLine(text)
    if (line === null) return
    this.#lines.push(line)
    if (this.#lines.length > LINES_MAX) this.#lines.shift()
    this.#changes.emit('change')
  }

  #endedBefore(what: string): Error {
    return new Error(`${this.#ended} before: ${what}; ${JSON.stringify(this.#lines.slice(-3))}`)
  }
}

function parseLine(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { msg: '', ...value } : null
  } catch {
    console.error(text)
    return null
  }
}
