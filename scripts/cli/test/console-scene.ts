import { startConsole } from '@drawbridge/console'
import type { TraderCommand } from '@drawbridge/contracts'
import type { Program } from '@drawbridge/service-kit/program'
import { runProgram } from '@drawbridge/service-kit/program'
import {
  callProgram,
  eventually,
  type Finished,
  infrastructure,
  type ServiceHere,
  startHere,
} from '@drawbridge/testing'
import { command, Scene, tick } from '@drawbridge/testing/guardian-scene'
import { runCommandWith, spawnCommandWith } from '@drawbridge/testing/run-command'

interface Summary {
  readonly traders: readonly { readonly id: string; readonly version: number }[]
}

/** Fresh streams, a guardian and a console in this process, and the commands that ask it. */
export class ConsoleScene {
  readonly #scene: Scene
  readonly #env: Readonly<Record<string, string>>
  #console: ServiceHere | null = null
  #port = '0'

  private constructor(scene: Scene, env: Readonly<Record<string, string>>) {
    this.#scene = scene
    this.#env = env
  }

  /** @param env of the console */
  static async open(limits: object = {}, env: Readonly<Record<string, string>> = {}): Promise<ConsoleScene> {
    const usual = { max_daily_loss: 10, max_drawdown: 20, stop_trading_minutes: 60 }
    const scene = new ConsoleScene(await Scene.open({ limits: { ...usual, ...limits } }), env)
    await scene.startConsole()
    return scene
  }

  async startGuardian(): Promise<() => Promise<void>> {
    const guardian = await this.#scene.start()
    await this.#scene.settled(guardian)
    return guardian.stop
  }

  /** At the address of the one before. @param settings its config.json; null: it has none */
  async startConsole(settings: object | null = null): Promise<void> {
    const env = { NATS_URL: infrastructure().natsUrl, CONSOLE_PORT: this.#port, LOG_LEVEL: 'error', ...this.#env }
    this.#console = await startHere(startConsole, env, settings)
    this.#port = new URL(await this.#console.url()).port
  }

  async stopConsole(): Promise<void> {
    await this.#console?.stop()
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async close(): Promise<void> {
    await this.stopConsole()
    await this.#scene.close()
  }

  /** Runs a command as `npm run drawbridge -- ...` does. */
  run(...args: readonly string[]): Promise<Finished> {
    return runCommandWith({ DRAWBRIDGE_URL: this.url }, ...args)
  }

  /** As {@link run}, in a process of its own. */
  spawn(...args: readonly string[]): Promise<Finished> {
    return spawnCommandWith({ DRAWBRIDGE_URL: this.url }, ...args)
  }

  /** As {@link run}, a program that is not as the command line has it. */
  call(program: Program, ...args: readonly string[]): Promise<Finished> {
    return callProgram((context) => runProgram(program, args, context), { DRAWBRIDGE_URL: this.url })
  }

  /** What a command says as JSON. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await this.run(...args, '--json')
    if (code !== 0) throw new Error(`exited with ${code}: ${stderr}`)
    return JSON.parse(stdout) as T
  }

  /** Reports equities of a trader, one after the other, and waits until the console knows the last. */
  async report(trader: string, ...equities: readonly (number | string)[]): Promise<void> {
    const before = await this.#versionOf(trader)
    await this.#scene.put(...equities.map((equity) => tick(trader, equity)))
    await this.until(trader, before + equities.length)
  }

  async command(name: TraderCommand, trader: string, fields: object): Promise<void> {
    const before = await this.#versionOf(trader)
    await this.#scene.put(command(name, trader, fields))
    await this.until(trader, before + 1)
  }

  async until(trader: string, version: number): Promise<void> {
    await eventually(async () => (await this.#versionOf(trader)) >= version, { what: `event ${version} of ${trader}` })
  }

  async #versionOf(trader: string): Promise<number> {
    const answer = await fetch(`${this.url}/api/traders?limit=1000`, { headers: this.#headers() })
    const { traders = [] } = (await answer.json()) as Partial<Summary>
    return traders.find(({ id }) => id === trader)?.version ?? 0
  }

  #headers(): Record<string, string> {
    const [first] = JSON.parse(this.#env.API_TOKENS ?? '[]') as readonly { readonly token: string }[]
    return first === undefined ? {} : { authorization: `Bearer ${first.token}` }
  }

  async inputs(): Promise<number> {
    return this.#scene.lastSeq('INPUTS')
  }
}

/** A text whose times are the same in each run, and as long as they are. */
export function withoutTimes(text: string): string {
  return text.replaceAll(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]*Z/g, (time) => time.replaceAll(/\d/g, '0'))
}
