import { type Answer, type Asked, FakeServer } from '../fake-server.ts'

export interface FakeToken {
  readonly token: string
  readonly units: unknown
  readonly price: unknown
  readonly value: unknown
}

/** A stand-in of the Hummingbot API with one bot of two controllers, by its routes and answers of June 2026. */
export class FakeHummingbot {
  readonly server: FakeServer
  password = 'admin'
  portfolio: Record<string, Record<string, readonly FakeToken[]>> = {
    master_account: {
      binance: [
        { token: 'USDT', units: 500.5, price: 1, value: 500.5 },
        { token: 'BTC', units: 0.01, price: 50_000, value: 500 },
      ],
      bybit_perpetual: [{ token: 'USDT', units: 100, price: 1, value: 100 }],
    },
    other_account: { binance: [{ token: 'USDT', units: 7, price: 1, value: 7 }] },
  }
  /** The kill switch of each controller; null: it is not written in its file. */
  readonly switches = new Map<string, boolean | null>([
    ['market_making', false],
    ['grid', null],
  ])
  /** Answers a change of a switch with a success, and changes nothing. */
  isDeaf = false
  readonly instead: { portfolio?: Answer; switch?: Answer } = {}

  private constructor(server: FakeServer) {
    this.server = server
    this.#on('POST /portfolio/state', ({ body }) => this.instead.portfolio ?? this.#state(JSON.parse(body)))
    this.#on('GET /controllers/bots/bot1/configs', () => ({
      body: [...this.switches].map(([name, isOn]) => ({
        id: `id-of-${name}`,
        controller_name: 'pmm',
        ...(isOn === null ? {} : { manual_kill_switch: isOn }),
        _config_name: name,
      })),
    }))
    for (const name of this.switches.keys()) {
      this.#on(`POST /controllers/bots/bot1/${name}/config`, ({ body }) => this.#switch(name, body))
    }
  }

  static async open(): Promise<FakeHummingbot> {
    return new FakeHummingbot(await FakeServer.open())
  }

  /** Changes of kill switches, in order. */
  get switched(): readonly string[] {
    return this.server.asked
      .filter(({ method, path }) => method === 'POST' && path.endsWith('/config'))
      .map(({ path, body }) => `${path.split('/').at(-2)} ${JSON.parse(body).manual_kill_switch}`)
  }

  #on(route: string, answer: (asked: Asked) => Answer): void {
    this.server.on(route, (asked) => {
      const wanted = `Basic ${Buffer.from(`admin:${this.password}`).toString('base64')}`
      if (asked.headers.authorization === wanted) return answer(asked)
      return { status: 401, body: { detail: 'Incorrect username or password' } }
    })
  }

  #state(filter: { account_names: readonly string[]; connector_names: readonly string[] }): Answer {
    const body: Record<string, object> = {}
    for (const account of filter.account_names) {
      const held = this.portfolio[account]
      if (held === undefined) continue
      body[account] = Object.fromEntries(Object.entries(held).filter(([one]) => filter.connector_names.includes(one)))
    }
    return { body }
  }

  #switch(name: string, body: string): Answer {
    if (this.instead.switch !== undefined) return this.instead.switch
    if (!this.isDeaf) this.switches.set(name, JSON.parse(body).manual_kill_switch)
    return { body: { message: "Controller configuration for bot 'bot1' updated successfully" } }
  }

  close(): Promise<void> {
    return this.server.close()
  }
}
