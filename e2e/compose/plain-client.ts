import { eventually } from '@drawbridge/testing'
import { docker, lines } from './docker.ts'
import type { Stack } from './stack.ts'

/** A program of the folder plain-client in a separate container. */
export class PlainClient {
  readonly #container: string

  private constructor(container: string) {
    this.#container = container
  }

  /** @param user of NATS */
  static async start(stack: Stack, program: string, user: string, env: Readonly<Record<string, string>> = {}) {
    const variables = {
      NATS_URL: stack.natsUrls,
      NKEY_SEED: await stack.once('setup', '--show-seed', user),
      ...env,
    }
    const given = Object.entries(variables).flatMap(([name, value]) => ['--env', `${name}=${value}`])
    const container = `${stack.name}-${program}-${user}`
    await docker([
      'run',
      '--detach',
      '--name',
      container,
      '--network',
      `${stack.name}_log`,
      ...given,
      stack.plainClientImage,
      `${program}.mjs`,
    ])
    return new PlainClient(container)
  }

  async said(): Promise<readonly string[]> {
    return lines(await docker(['logs', this.#container]))
  }

  async untilSaid(what: (said: readonly string[]) => boolean, words: string): Promise<void> {
    await eventually(async () => what(await this.said()), { timeoutMs: 90_000, what: words })
  }

  /** Lets it end by itself, and removes it. */
  async stop(): Promise<readonly string[]> {
    await docker(['kill', '--signal', 'TERM', this.#container])
    await docker(['wait', this.#container])
    const said = await this.said()
    await docker(['rm', this.#container])
    return said
  }
}

/** A bot that reports without a pause. */
export class Load {
  readonly trader: string
  readonly #client: PlainClient

  private constructor(trader: string, client: PlainClient) {
    this.trader = trader
    this.#client = client
  }

  /** Gives the bot a user of NATS, and starts it. */
  static async start(stack: Stack, trader: string): Promise<Load> {
    await stack.once('setup', '--bot', trader)
    for (const server of await stack.natsServers()) {
      await stack.compose(['restart', server])
      await stack.healthy(server)
    }
    const client = await PlainClient.start(stack, 'send-ticks', `bot-${trader}`, { TRADER: trader })
    const load = new Load(trader, client)
    await load.more(1)
    return load
  }

  /** How many ticks JetStream has stored. */
  async stored(): Promise<number> {
    return storedOf(await this.#client.said())
  }

  /** Waits until this many more hundreds are stored. */
  async more(hundreds: number): Promise<void> {
    const before = await this.stored()
    await this.#client.untilSaid(
      (said) => storedOf(said) >= before + 100 * hundreds,
      `${this.trader} to report ${100 * hundreds} times more`,
    )
  }

  /** Ends it. @returns how many ticks were stored */
  async stop(): Promise<number> {
    return storedOf(await this.#client.stop())
  }
}

function storedOf(said: readonly string[]): number {
  return Number(said.at(-1)?.replace('stored ', '') ?? 0)
}
