import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A JSON line on the standard output of a process. */
export type Line = Readonly<Record<string, unknown>> & { readonly msg: string }

interface Awaited {
  readonly msg: string
  readonly resolve: (line: Line) => void
  readonly reject: (error: Error) => void
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROBE = new URL('probe.ts', import.meta.url).href
const LINES_MAX = 1_000
const STOPS_WITHIN_MS = 15_000

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A measured process: the guardian and each floor are started in the same way, with the same flags. */
export class NodeProcess {
  /** `performance.now()` at its start. */
  readonly startedAt = performance.now()
  readonly #name: string
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  readonly #lines: Line[] = []
  #awaited: Awaited[] = []
  #ended: string | null = null

  /** @param script relative to the root; @param cwd a folder without personal settings */
  constructor(
    script: string,
    cwd: string,
    env: Readonly<Record<string, string>>,
    args: readonly string[] = [],
    nodeFlags: readonly string[] = [],
  ) {
    this.#name = script
    const { PATH = '', NODE_OPTIONS = '' } = process.env
    const flags = ['--expose-gc', '--import', PROBE, ...nodeFlags]
    this.#child = spawn(process.execPath, [...flags, `${ROOT}/${script}`, ...args], {
      cwd,
      env: { PATH, NODE_OPTIONS, ...env },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    })
    running.add(this.#child)
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on('line', (text) => this.#take(text))
    this.#exited = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        running.delete(this.#child)
        this.#ended = `${script} ended (${signal ?? `exit code ${code}`})`
        for (const { msg, reject } of this.#awaited) reject(this.#endedBefore(msg))
        resolve()
      })
    })
  }

  /** The next line with this message, even if already received. @throws when the process ends first. */
  line(msg: string): Promise<Line> {
    const index = this.#lines.findIndex((line) => line.msg === msg)
    const [known] = index < 0 ? [] : this.#lines.splice(index, 1)
    if (known !== undefined) return Promise.resolve(known)
    if (this.#ended !== null) return Promise.reject(this.#endedBefore(msg))
    return new Promise((resolve, reject) => this.#awaited.push({ msg, resolve, reject }))
  }

  /** Asks the probe; returns memory after two full collections and the CPU time so far. */
  async probe(): Promise<Probed> {
    this.#child.send({ kind: 'probe' })
    return (await this.line('probed')) as unknown as Probed
  }

  send(message: object): void {
    this.#child.send(message)
  }

  /** Throws when the process ends by itself. */
  async watch<T>(work: Promise<T>): Promise<T> {
    const ended = this.#exited.then(() => {
      throw this.#endedBefore('the work was done')
    })
    ended.catch(() => undefined)
    return Promise.race([work, ended])
  }

  async stop(): Promise<void> {
    if (this.#ended === null) this.#child.kill('SIGTERM')
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOPS_WITHIN_MS)
    await this.#exited
    clearTimeout(timer)
  }

  #take(text: string): void {
    const line = parseLine(text)
    if (line === null) return
    const awaited = this.#awaited.find(({ msg }) => msg === line.msg)
    if (awaited === undefined) {
      this.#lines.push(line)
      if (this.#lines.length > LINES_MAX) this.#lines.shift()
      return
    }
    this.#awaited = this.#awaited.filter((other) => other !== awaited)
    awaited.resolve(line)
  }

  #endedBefore(what: string): Error {
    return new Error(`${this.#ended ?? this.#name} before: ${what}; ${JSON.stringify(this.#lines.slice(-3))}`)
  }
}

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

function parseLine(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { msg: '', ...value } : null
  } catch {
    console.error(text)
    return null
  }
}
