import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A client under test: how a bot that uses it is started, and by which door it reaches the system. */
export interface Client {
  readonly name: string
  readonly door: 'nats' | 'http'
  readonly command: readonly [string, ...string[]]
  readonly env: Readonly<Record<string, string>>
}

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export const CLIENTS: readonly Client[] = [
  { name: 'TypeScript', door: 'nats', command: [process.execPath, file('bots/typescript-bot.ts')], env: {} },
  {
    name: 'Python',
    door: 'http',
    command: ['python3', file('bots/python_bot.py')],
    env: { PYTHONPATH: file('../../clients/python/src'), PYTHONDONTWRITEBYTECODE: '1' },
  },
]

export interface Answer {
  readonly allowed: boolean
  readonly code: string
}

/** A bot in a process of its own, which does as it is told: a JSON line in, a JSON line out. */
export class BotProcess {
  readonly #child: ChildProcess
  readonly #waiting: { readonly resolve: (line: string) => void; readonly reject: (error: Error) => void }[] = []

  /**
   * @param url where its client finds the system
   * @param obeys whom a client must be told that the trader obeys; empty: nobody
   */
  constructor({ command: [command, ...args], env }: Client, trader: string, url: string, leaseMs: number, obeys = '') {
    const settings = { TRADER: trader, URL: url, LEASE_MS: String(leaseMs), OBEYS: obeys }
    this.#child = spawn(command, args, {
      env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env, ...settings },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => this.#waiting.shift()?.resolve(line))
    }
    this.#child.stdin?.on('error', () => undefined)
    const end = (error: Error) => {
      for (const { reject } of this.#waiting.splice(0)) reject(error)
    }
    this.#child.once('error', end)
    this.#child.once('close', (code) => end(new Error(`the bot of ${trader} ended with ${code}`)))
  }

  /** Reports these equities, one after another, and does not wait for what becomes of them. */
  async report(...equities: readonly number[]): Promise<void> {
    await this.#call({ report: equities })
  }

  ask(intent: 'enter' | 'reduce' = 'enter'): Promise<Answer> {
    return this.#call({ ask: intent }) as Promise<Answer>
  }

  /** What its listeners have heard so far. */
  heard(): Promise<readonly ('breach' | 'resume')[]> {
    return this.#call({ heard: true }) as Promise<readonly ('breach' | 'resume')[]>
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async #call(order: object): Promise<unknown> {
    const line = new Promise<string>((resolve, reject) => this.#waiting.push({ resolve, reject }))
    this.#child.stdin?.write(`${JSON.stringify(order)}\n`)
    return JSON.parse(await line)
  }
}
