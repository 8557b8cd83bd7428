import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { printable } from '@drawbridge/contracts'
import type { Failure } from '../../core/failure.ts'
import { failureOfError } from '../../core/known-errors.ts'
import { isRecord } from './is-record.ts'

/** A longer line is no answer of an account, and ends the program. */
const LINE_MAX = 100_000
const KILL_AFTER_MS = 2_000
const STDERR_MAX = 500

export type CommandAnswer = { readonly kind: 'answer'; readonly body: Readonly<Record<string, unknown>> } | Failure

/**
 * A program that answers requests, a line of JSON each: `{"id": 1, "call": "equity"}` is answered by `{"id": 1, ...}`. It is
 * started by the first request, kept, and started again by the next request after it ended.
 */
export class CommandProcess {
  readonly #command: readonly string[]
  /** It said, without being asked, that something has changed. */
  readonly #onChanged: () => void
  readonly #waiting = new Map<number, (answer: CommandAnswer) => void>()
  #child: ChildProcess | null = null
  #ids = 0
  #told = ''

  constructor(command: readonly string[], onChanged: () => void) {
    this.#command = command
    this.#onChanged = onChanged
  }

  async ask(call: string, fields: object, signal: AbortSignal): Promise<CommandAnswer> {
    const child = this.#child ?? this.#start()
    this.#ids += 1
    const id = this.#ids
    return new Promise((resolve) => {
      const end = (answer: CommandAnswer) => {
        this.#waiting.delete(id)
        resolve(answer)
      }
      this.#waiting.set(id, end)
      signal.addEventListener(
        'abort',
        () => end({ kind: 'temporary', reason: 'the command does not answer in time' }),
        { once: true },
      )
      child.stdin?.write(`${JSON.stringify({ id, call, ...fields })}\n`)
    })
  }

  /** Ends it, by force if it does not end by itself. */
  close(): void {
    const child = this.#child
    this.#child = null
    if (child === null) return
    child.stdin?.end()
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref()
  }

  #start(): ChildProcess {
    const [program = '', ...args] = this.#command
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    this.#told = ''
    child.stdin.on('error', () => undefined)
    child.stderr.on('data', (part: Buffer) => {
      this.#told = (this.#told + part.toString()).slice(-STDERR_MAX)
    })
    let unread = 0
    child.stdout.on('data', (part: Buffer) => {
      const end = part.lastIndexOf(10)
      unread = end < 0 ? unread + part.length : part.length - end - 1
      if (unread > LINE_MAX) child.kill('SIGKILL')
    })
    createInterface({ input: child.stdout }).on('line', (line) => this.#hear(line))
    child.once('error', (error) => this.#ended(child, failureOfError(error)))
    // Not 'exit': its last lines are read before 'close'.
    child.once('close', (code, by) => this.#ended(child, endOf(code, by, this.#told)))
    return child
  }

  #hear(line: string): void {
    if (line.length > LINE_MAX) return
    const message = jsonOf(line)
    if (!isRecord(message)) return
    if (typeof message.id === 'number') this.#waiting.get(message.id)?.({ kind: 'answer', body: message })
    else if (message.changed === true) this.#onChanged()
  }

  #ended(child: ChildProcess, failure: Failure): void {
    if (this.#child === child) this.#child = null
    // Those of a later process wait on.
    if (this.#child === null) for (const end of [...this.#waiting.values()]) end(failure)
  }
}

function endOf(code: number | null, by: string | null, told: string): Failure {
  const last = told.trim().split('\n').at(-1) ?? ''
  const words = last === '' ? '' : `: ${printable(last)}`
  return { kind: 'temporary', reason: `the command ended with ${by ?? `exit code ${code}`}${words}` }
}

function jsonOf(line: string): unknown {
  try {
    // Some programs of Windows begin with a mark of the byte order.
    return JSON.parse(line.replace(/^\uFEFF/, ''))
  } catch {
    return null
  }
}
