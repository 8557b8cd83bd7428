import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { SMALL_HEAP } from '@drawbridge/service-kit'
import type { Config } from '@drawbridge/settings'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const STOP_WITHIN_MS = 12_000
const RESTART_AFTER_MS = 500
/** A service that ends this early this many times in a row is not restarted. */
const EARLY_MS = 10_000
const EARLY_ENDS_MAX = 3

/** Those that hold much for a moment: V8 is told to collect that soon. */
const SMALL: readonly string[] = ['persister', 'notifier']
export const SERVICES = ['risk-guardian', 'trader', 'persister', 'console', 'connector', 'notifier'] as const
export type ServiceName = (typeof SERVICES)[number]

/** Those that run with these settings: a connector has nothing to do without an account, a notifier without a channel. */
export function servicesOf({ connectors, notify }: Pick<Config, 'connectors' | 'notify'>): readonly ServiceName[] {
  const idle = { connector: Object.keys(connectors).length === 0, notifier: notify.channels.length === 0 }
  return SERVICES.filter((name) => !(name in idle && idle[name as keyof typeof idle]))
}

/**
 * One service in a child process, restarted when it ends. It has its own process group, so that Ctrl-C in the terminal
 * reaches it through us, in order; if we are killed, it notices and stops.
 */
export class SupervisedService {
  readonly name: ServiceName
  readonly logFile: string
  readonly #env: NodeJS.ProcessEnv
  readonly #onGivenUp: (reason: string) => void
  #child: ChildProcess | null = null
  #stopping = false
  #earlyEnds = 0

  constructor(name: ServiceName, env: NodeJS.ProcessEnv, logFolder: string, onGivenUp: (reason: string) => void) {
    this.name = name
    this.logFile = join(logFolder, `${name}.log`)
    this.#env = env
    this.#onGivenUp = onGivenUp
  }

  start(): void {
    const output = openSync(this.logFile, 'a')
    const flags = SMALL.includes(this.name) ? SMALL_HEAP : []
    const child = spawn(process.execPath, [...flags, join(ROOT, 'services', this.name, 'src/main.ts')], {
      cwd: ROOT,
      env: this.#env,
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    })
    closeSync(output)
    const startedAt = performance.now()
    this.#child = child
    child.once('error', (error) => this.#onGivenUp(`${this.name} cannot be run: ${error.message}`))
    child.once('exit', (code, signal) => {
      if (this.#child === child) this.#child = null
      if (!this.#stopping) void this.#startAgain(code, signal, performance.now() - startedAt)
    })
  }

  /** SIGTERM, and SIGKILL if that is not enough. Safe to repeat. */
  async stop(): Promise<void> {
    this.#stopping = true
    const child = this.#child
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
    await exited
    clearTimeout(timer)
  }

  async #startAgain(code: number | null, signal: string | null, ranMs: number): Promise<void> {
    this.#earlyEnds = signal === null && ranMs < EARLY_MS ? this.#earlyEnds + 1 : 0
    if (this.#earlyEnds >= EARLY_ENDS_MAX) {
      this.#onGivenUp(
        `${this.name} ended ${EARLY_ENDS_MAX} times in a row with exit code ${code}:\n${this.#lastLines()}`,
      )
      return
    }
    console.error(`${this.name} ended (${signal ?? `exit code ${code}`}); restarting it`)
    await delay(RESTART_AFTER_MS)
    if (!this.#stopping) this.start()
  }

  #lastLines(): string {
    const lines = readFileSync(this.logFile, 'utf8').trimEnd().split('\n').slice(-5)
    return lines.map(logLineInWords).join('\n')
  }
}

/** A line of a service's log, without its stack trace. */
function logLineInWords(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } }
    return `  ${[msg, err?.message].filter((part) => part !== undefined).join(': ')}`
  } catch {
    return `  ${line}`
  }
}
