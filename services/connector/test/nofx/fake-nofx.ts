import { type Answer, type Asked, FakeServer } from '../fake-server.ts'

const UNAUTHORIZED: Answer = { status: 401, body: { error: 'Invalid or expired token' } }

/** A stand-in of NOFX with one user and one trader, by the routes and answers of its API of July 2026. */
export class FakeNofx {
  readonly server: FakeServer
  readonly id: string
  password = 'correct horse'
  exchange = 'binance'
  isRunning = true
  /** What it takes as a token just now. */
  token = 'token-1'
  account: Record<string, unknown> = {
    total_equity: 1000.5,
    wallet_balance: 990.25,
    unrealized_profit: 10.25,
    available_balance: 900,
    initial_balance: 1000,
    position_count: 0,
  }
  positions: readonly { readonly symbol: string; readonly side: string }[] | null = null
  /** Replaces what it answers to a stop or a start. */
  readonly instead: { stop?: Answer; start?: Answer; account?: Answer } = {}

  private constructor(server: FakeServer, id: string) {
    this.server = server
    this.id = id
    server.on('POST /api/login', ({ body }) => this.#logIn(body))
    this.#on('GET /api/status', () => ({
      body: { trader_id: id, is_running: this.isRunning, exchange: this.exchange, safe_mode: false },
    }))
    this.#on('GET /api/account', () => this.instead.account ?? { body: this.account })
    this.#on('GET /api/positions', () => ({ body: this.positions === null ? 'null' : this.positions }))
    this.#on(`POST /api/traders/${id}/stop`, () => this.instead.stop ?? this.#stop())
    this.#on(`POST /api/traders/${id}/start`, () => this.instead.start ?? this.#start())
    this.#on(`POST /api/traders/${id}/close-position`, ({ body }) => this.#close(body))
  }

  static async open(id = '1_binance_deepseek_17'): Promise<FakeNofx> {
    return new FakeNofx(await FakeServer.open(), id)
  }

  /** How often it was asked to stop, start or close. */
  asked(what: 'stop' | 'start' | 'close-position'): number {
    return this.server.askedFor(`POST /api/traders/${this.id}/${what}`).length
  }

  #on(route: string, answer: (asked: Asked) => Answer): void {
    this.server.on(route, (asked) => {
      if (asked.headers.authorization !== `Bearer ${this.token}`) return UNAUTHORIZED
      const query = new URL(asked.path, 'http://nofx').searchParams.get('trader_id')
      const isOther = asked.method === 'GET' && query !== this.id
      return isOther ? { status: 400, body: { error: 'Invalid trader ID' } } : answer(asked)
    })
  }

  #logIn(body: string): Answer {
    const { email, password } = JSON.parse(body)
    if (email !== 'me@example.com' || password !== this.password) {
      return { status: 401, body: { error: 'Email or password incorrect' } }
    }
    return { body: { token: this.token, user_id: '1', email, message: 'Login successful' } }
  }

  #stop(): Answer {
    if (!this.isRunning) return { status: 400, body: { error: 'Trader is already stopped' } }
    this.isRunning = false
    return { body: { message: 'Trader stopped' } }
  }

  #start(): Answer {
    if (this.isRunning) {
      return { status: 400, body: { error: 'Trader is already running', error_key: 'trader.start.already_running' } }
    }
    this.isRunning = true
    return { body: { message: 'Trader started' } }
  }

  #close(body: string): Answer {
    const { symbol, side } = JSON.parse(body)
    this.positions = (this.positions ?? []).filter((one) => one.symbol !== symbol || one.side.toUpperCase() !== side)
    this.account.position_count = this.positions.length
    if (this.positions.length === 0) this.positions = null
    return { body: { message: 'Position closed successfully', symbol, side } }
  }

  close(): Promise<void> {
    return this.server.close()
  }
}
