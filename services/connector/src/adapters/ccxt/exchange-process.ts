import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { printable } from '@drawbridge/contracts'
import type { Failure } from '../../core/failure.ts'
import { failureOfError } from '../../core/known-errors.ts'
import type { Answers, Call, Opening, Request, Response } from './process/messages.ts'

const PROGRAM = fileURLToPath(new URL('process/main.ts', import.meta.url))
const STARTS_MAX = 5
const STARTS_WITHIN_MS = 60_000
const KILL_AFTER_MS = 2_000
const STDERR_MAX = 500
/** An answer without end ends this process alone. */
const MEMORY_MAX_MB = 256
/** All that it is given of the environment: no variable with a secret, of anybody. */
const PASSED = ['PATH', 'NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'TZ'] as const

const LATE: Failure = { kind: 'temporary', reason: 'its process does not answer in time' }

/**
 * The process that speaks to one exchange by ccxt. It is started by the first question, and again by the next one after it
 * ended, at most {@link STARTS_MAX} times a minute. One that does not answer in time is ended.
 */
export class ExchangeProcess {
  readonly #opening: Opening
  readonly #waiting = new Map<number, (answer: Answers[Call] | Failure) => void>()
  #child: ChildProcess | null = null
  #starts: number[] = []
  #ids = 0
  #told = ''

  constructor(opening: Opening) {
    this.#opening = opening
  }

  async ask<Name extends Call>(call: Name, signal: AbortSignal): Promise<Answers[Name] | Failure> {
    if (signal.aborted) return LATE
    const child = this.#child ?? this.#start(performance.now())
    if (child === null) {
      return {
        kind: 'temporary',
        reason: `its process was started ${STARTS_MAX} times within a minute: ${this.#lastWords}`,
      }
    }
    this.#ids += 1
    const request: Request = { kind: 'ask', id: this.#ids, call }
    return new Promise((resolve) => {
      const abandon = () => {
        end(LATE)
        this.close()
      }
      const end = (answer: Answers[Call] | Failure) => {
        signal.removeEventListener('abort', abandon)
        this.#waiting.delete(request.id)
        // It answers what it was asked.
        resolve(answer as Answers[Name] | Failure)
      }
      this.#waiting.set(request.id, end)
      signal.addEventListener('abort', abandon, { once: true })
      child.send(request, (error) => {
        if (error !== null) end(failureOfError(error))
      })
    })
  }

  /** Ends it, by force if it does not end by itself. */
  close(): void {
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null) return
    child.kill('SIGTERM')
    const force = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref()
    child.once('exit', () => clearTimeout(force))
  }

  /** Null: it was started too often. */
  #start(now: number): ChildProcess | null {
    this.#starts = this.#starts.filter((at) => now - at < STARTS_WITHIN_MS)
    if (this.#starts.length >= STARTS_MAX) return null
    this.#starts.push(now)
    const child = fork(PROGRAM, [], {
      // Amounts are bigints.
      serialization: 'advanced',
      execArgv: [`--max-old-space-size=${MEMORY_MAX_MB}`],
      env: Object.fromEntries(PASSED.map((name) => [name, process.env[name]])),
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    this.#child = child
    this.#told = ''
    child.stderr?.on('data', (part: Buffer) => {
      this.#told = (this.#told + part.toString()).slice(-STDERR_MAX)
    })
    child.on('message', (message) => {
      const { id, answer } = message as Response
      this.#waiting.get(id)?.(answer)
    })
    child.once('error', (error) => this.#ended(child, failureOfError(error)))
    child.once('close', (code, by) =>
      this.#ended(child, {
        kind: 'temporary',
        reason: `its process ended with ${by ?? `exit code ${code}`}: ${this.#lastWords}`,
      }),
    )
    child.send(this.#opening, () => undefined)
    return child
  }

  get #lastWords(): string {
    return printable(this.#told.trim().split('\n').at(-1) ?? '') || 'it said nothing'
  }

  #ended(child: ChildProcess, failure: Failure): void {
    if (this.#child === child) this.#child = null
    // Those of a later process wait on.
    if (this.#child === null) for (const end of [...this.#waiting.values()]) end(failure)
  }
}
