import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { eventually } from './eventually.ts'

export type ServiceName = 'console' | 'trader' | 'risk-guardian' | 'persister' | 'connector' | 'notifier'

interface ServiceExit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface ServiceProcess {
  readonly pid: number
  /** The last lines of its standard output and standard error. */
  readonly lines: () => readonly LogLine[]
  readonly exited: Promise<ServiceExit>
  /** Sends a signal and does not wait. */
  readonly kill: (signal: NodeJS.Signals) => void
  /** Stops it, and waits until it has stopped. Stopping twice is safe. */
  readonly stop: () => Promise<ServiceExit>
  /** The TCP port it listens on, once it does. @throws when it ends before, with the end of its log. */
  readonly waitForPort: () => Promise<number>
  /** Its address, `http://127.0.0.1:<port>`, once it listens. */
  readonly url: () => Promise<string>
}

/** A JSON line of a service's log; a line that is not a JSON object becomes a `msg`. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string }

const LINES_MAX = 10_000
const LISTENS_WITHIN_MS = 90_000
const STOPS_WITHIN_MS = 15_000
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/**
 * Runs a service as `npm start` does: as a child process with a channel, whose end tells it that we are gone. It gets
 * `env` and little else, and `flags` of node; its HTTP port is any free one, unless `env` sets it.
 */
export function spawnService(
  name: ServiceName,
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): ServiceProcess {
  const folder = path.join(ROOT, 'services', name)
  const child = spawn(process.execPath, [...flags, path.join(folder, 'src/main.ts')], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? '',
      CONSOLE_PORT: '0',
      TRADER_PORT: '0',
      RISK_GUARDIAN_PORT: '0',
      PERSISTER_PORT: '0',
      NOTIFIER_PORT: '0',
      CONNECTOR_PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  const lines = new LogLines()
  for (const input of [child.stdout, child.stderr]) {
    if (input !== null) createInterface({ input }).on('line', (text) => lines.add(text))
  }
  const exited = new Promise<ServiceExit>((resolve, reject) => {
    // 'close' is emitted after the last line was read.
    child.once('close', (code, signal) => resolve({ code, signal }))
    child.once('error', reject)
  }).finally(() => running.delete(child))
  exited.catch(() => {})

  const waitForPort = () =>
    eventually(
      () => {
        const port = lines.all.find((line) => line.msg === 'listening')?.port
        return typeof port === 'number' ? { port } : child.exitCode !== null || child.signalCode !== null
      },
      { timeoutMs: LISTENS_WITHIN_MS, what: `${name} to listen` },
    ).then((found) => {
      if (found !== true) return found.port
      const last = lines.all.slice(-20).map((line) => JSON.stringify(line))
      throw new Error(`${name} ended before it listened; its last lines:\n${last.join('\n')}`)
    })
  const stop = () => {
    if (running.has(child)) child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS)
    return exited.finally(() => clearTimeout(timer))
  }
  return {
    pid: child.pid ?? 0,
    lines: () => lines.all,
    exited,
    kill: (signal) => child.kill(signal),
    stop,
    waitForPort,
    url: async () => `http://127.0.0.1:${await waitForPort()}`,
  }
}

/** Kills every spawned service that is still running. */
export async function killServices(): Promise<void> {
  const ended = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)))
  for (const child of running) child.kill('SIGKILL')
  await Promise.all(ended)
}

/** The last {@link LINES_MAX} lines of a log. */
export class LogLines {
  readonly all: LogLine[] = []

  add(text: string): void {
    this.all.push(parseLine(text))
    if (this.all.length > LINES_MAX) this.all.shift()
  }
}

function parseLine(text: string): LogLine {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return { msg: '', ...value }
  } catch {
    // Not every line is ours: Node itself writes warnings and traces.
  }
  return { msg: text }
}
