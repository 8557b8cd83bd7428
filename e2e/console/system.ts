import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDatabase, eventually, TcpProxy, type TestDatabase } from '@drawbridge/testing'
import { makeWorkFolder, runStart, type StartRun } from '../npm-start.ts'

export const TOKENS = {
  read: 'r'.repeat(32),
  operate: 'o'.repeat(32),
  admin: 'a'.repeat(32),
  bot: 'b'.repeat(32),
} as const
type Role = keyof typeof TOKENS

function tokenList(roles: readonly Role[]): readonly object[] {
  return roles.map((role) => {
    const token = TOKENS[role]
    return role === 'bot' ? { name: 'robot', role, traders: ['bot1'], token } : { name: `${role}-ann`, role, token }
  })
}
const LIMITS = { max_daily_loss: 50, max_drawdown: 20, confirm_jump: null, stale_after_seconds: null }
const WITHIN_MS = 180_000

/** A system of its own that `npm start` runs, with tokens, and a database that can be cut off. */
export class ConsoleSystem {
  readonly database: TcpProxy
  readonly #ownDatabase: TestDatabase
  readonly #folder: Awaited<ReturnType<typeof makeWorkFolder>>
  readonly #run: StartRun

  private constructor(
    folder: Awaited<ReturnType<typeof makeWorkFolder>>,
    run: StartRun,
    ownDatabase: TestDatabase,
    database: TcpProxy,
  ) {
    this.#folder = folder
    this.#run = run
    this.#ownDatabase = ownDatabase
    this.database = database
  }

  /** @param more of config.json */
  static async start(more: object = {}): Promise<ConsoleSystem> {
    const folder = await makeWorkFolder()
    const write = async (name: string, content: object) => {
      const file = join(folder.path, name)
      await writeFile(file, JSON.stringify(content), { mode: 0o600 })
      return file
    }
    await write('config.json', { limits: LIMITS, traders: { bot1: {}, bot2: {}, never: {} }, ...more })
    const tokens = await write('tokens.json', tokenList(Object.keys(TOKENS) as Role[]))
    const ownDatabase = await createDatabase()
    const database = await TcpProxy.to(ownDatabase.url)
    const env = {
      API_TOKENS_FILE: tokens,
      DRAWBRIDGE_TOKEN: TOKENS.admin,
      DATABASE_URL: database.url,
      // A busy machine is not refused to be asked.
      HTTP_BUSY_AFTER_MS: '60000',
    }
    const system = new ConsoleSystem(folder, runStart(folder.path, [], env), ownDatabase, database)
    await eventually(() => system.#run.stdout().includes('Serving until'), {
      timeoutMs: WITHIN_MS,
      what: 'it to serve',
    })
    return system
  }

  get consoleUrl(): string {
    return this.#urlOf('console')
  }

  get natsUrl(): string {
    return this.#urlOf('NATS')
  }

  /** From now on only the tokens of these roles are known; as make-token does, a new file takes the place of the old one. */
  async allow(roles: readonly Role[]): Promise<void> {
    const file = join(this.#folder.path, 'tokens.json')
    await writeFile(`${file}.new`, JSON.stringify(tokenList(roles)), { mode: 0o600 })
    await rename(`${file}.new`, file)
  }

  /** Reports the equity of a trader, and waits for the decision. */
  async report(trader: string, equity: number): Promise<void> {
    const answer = await fetch(`${this.#urlOf('trader')}/api/traders/${trader}/equity`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKENS.admin}` },
      body: JSON.stringify({ equity }),
    })
    if (!answer.ok) throw new Error(`the report was answered ${answer.status}: ${await answer.text()}`)
  }

  /** A request of an operator's program. */
  async command(method: string, path: string, body: object): Promise<void> {
    const headers = { authorization: `Bearer ${TOKENS.admin}` }
    const answer = await fetch(`${this.consoleUrl}${path}`, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`)
  }

  async stop(): Promise<void> {
    this.#run.child.kill('SIGINT')
    await this.#run.exited
    await this.database.cut()
    await this.#ownDatabase.drop()
    await this.#folder.remove()
  }

  #urlOf(name: string): string {
    const url = new RegExp(`${name} ((?:http|nats):[^\\s,]+)`).exec(this.#run.stdout())?.[1]
    if (url === undefined) throw new Error(`npm start has not said where ${name} is`)
    return url
  }
}
