import { setTimeout as delay } from 'node:timers/promises'
import { eventually, type ServiceProcess, TcpProxy } from '@drawbridge/testing'
import { Scene } from '@drawbridge/testing/client-scene'
import { NatsServer } from '@drawbridge/testing/nats-server'
import { type Answer, BotProcess, type Client } from './bot-process.ts'

/** Short, so that a lease that ends does not hold up the tests. */
const LEASE_SECONDS = 4

/** A NATS server, a guardian and a trader service that can fail; each bot has a link to them that can be cut. */
export class System {
  readonly nats: NatsServer
  readonly scene: Scene
  #guardian: ServiceProcess
  readonly #trader: ServiceProcess
  #bots: BotProcess[] = []
  #links: TcpProxy[] = []

  private constructor(nats: NatsServer, scene: Scene, guardian: ServiceProcess, trader: ServiceProcess) {
    this.nats = nats
    this.scene = scene
    this.#guardian = guardian
    this.#trader = trader
  }

  /** @param traders the trader service knows these, as `config.json` has them */
  static async start(traders: Readonly<Record<string, object>>): Promise<System> {
    const nats = await NatsServer.start()
    const config = { lease_seconds: LEASE_SECONDS, traders }
    const scene = await Scene.open(config, nats.url)
    const guardian = await scene.spawn('risk-guardian')
    return new System(nats, scene, guardian, await scene.spawn('trader'))
  }

  /** @returns the bot, and its link to the system */
  async connect(client: Client, trader: string, obeys = ''): Promise<ConnectedBot> {
    const link = await TcpProxy.to(client.door === 'nats' ? this.nats.url : await this.#trader.url())
    const bot = new BotProcess(client, trader, link.url.replace(/\/$/, ''), LEASE_SECONDS * 1_000, obeys)
    this.#links.push(link)
    this.#bots.push(bot)
    return new ConnectedBot(bot, link, trader)
  }

  freezeGuardian(): void {
    this.#guardian.kill('SIGSTOP')
  }

  thawGuardian(): void {
    this.#guardian.kill('SIGCONT')
  }

  async killGuardian(): Promise<void> {
    this.#guardian.kill('SIGKILL')
    await this.#guardian.exited
  }

  async startGuardian(): Promise<void> {
    this.#guardian = await this.scene.spawn('risk-guardian')
  }

  /** Ends the bots of a test; the guardian goes on, even where the test has failed. */
  async disconnectAll(): Promise<void> {
    this.thawGuardian()
    for (const bot of this.#bots) bot.kill()
    for (const link of this.#links) await link.cut()
    this.#bots = []
    this.#links = []
  }

  async stop(): Promise<void> {
    await this.disconnectAll()
    await this.#trader.stop()
    await this.#guardian.stop()
    await this.scene.close()
    await this.nats.close()
  }
}

export class ConnectedBot {
  readonly process: BotProcess
  readonly link: TcpProxy
  readonly trader: string

  constructor(process: BotProcess, link: TcpProxy, trader: string) {
    this.process = process
    this.link = link
    this.trader = trader
  }

  /** Waits until the gate says so. */
  async says(what: Partial<Answer>): Promise<void> {
    let last: Answer | null = null
    const isSo = async () => {
      last = await this.process.ask()
      return isLike(last, what)
    }
    const words = `the gate of ${this.trader} to say ${JSON.stringify(what)}`
    await eventually(isSo, { timeoutMs: 60_000, what: words }).catch((error) => {
      throw new Error(`${error.message}; it said ${JSON.stringify(last)}`)
    })
  }

  /** Reports the equity again and again until the gate says so. */
  async reports(equity: number, what: Partial<Answer>): Promise<void> {
    const over = new AbortController()
    const reporting = (async () => {
      while (!over.signal.aborted) {
        await this.process.report(equity)
        await delay(50, undefined, { signal: over.signal }).catch(() => undefined)
      }
    })()
    await this.says(what).finally(() => over.abort())
    await reporting
  }
}

function isLike(answer: Answer, { allowed = answer.allowed, code = answer.code }: Partial<Answer>): boolean {
  return answer.allowed === allowed && answer.code === code
}
