import { type Answer, type Asked, FakeServer } from '../fake-server.ts'

interface Trade {
  readonly trade_id: number
  readonly pair: string
  readonly base_currency: string
  readonly amount: number
  readonly stake_amount?: number
  /** Null where the exchange tells no price. */
  readonly profit_abs: number | null
  readonly realized_profit?: number
}

interface Lock {
  readonly id: number
  readonly pair: string
  readonly side: string
  readonly reason: string | null
  lock_end_timestamp: number
  active: boolean
}

const USERNAME = 'freqtrader'
const PASSWORD = 'SuperSecret1!'

/**
 * freqtrade's REST API, as its documents and sources describe it: Basic authentication, 502 for its own refusals, one more
 * lock for each call, ends that are rounded up to the next candle, and `[]` for no open trade.
 */
export class FakeFreqtrade {
  readonly server: FakeServer
  /** Milliseconds. */
  readonly timeframe = 300_000
  futures = false
  /** Before 2024 there was no way to set a lock. */
  setsLocks = true
  password = PASSWORD
  cash = 1000
  /** What each coin is worth in all; null: there is no price, which `/balance` writes as 0. */
  coins: Record<string, number | null> = {}
  trades: readonly Trade[] = []
  /** What `/status` answers next, one after another, before it answers with the trades. */
  readonly tradesAtFirst: (readonly Trade[])[] = []
  locks: Lock[] = []
  blacklist: string[] = []
  /** What is answered in place of the usual, by a path like `/balance`. */
  readonly instead = new Map<string, Answer>()
  readonly exits: string[] = []

  private constructor(server: FakeServer) {
    this.server = server
    server.on('*', (asked) => this.#answer(asked))
  }

  static async open(): Promise<FakeFreqtrade> {
    return new FakeFreqtrade(await FakeServer.open())
  }

  /** A connector to it, as config.json has it. */
  connector(passwordFile: string, more: object = {}): object {
    const url = this.server.url
    return { adapter: 'freqtrade', url, username: USERNAME, password_file: passwordFile, every_seconds: 1, ...more }
  }

  /** Those in force. */
  get standing(): readonly Lock[] {
    return this.locks.filter(({ active, lock_end_timestamp: endsAt }) => active && endsAt > Date.now())
  }

  /** A lock that somebody else set. */
  lockBySomebody(reason: string | null, pair = '*'): void {
    this.#lock(pair, Date.now() + 3_600_000, reason)
  }

  close(): Promise<void> {
    return this.server.close()
  }

  #answer(asked: Asked): Answer {
    const [path = ''] = asked.path.replace('/api/v1', '').split('?')
    const basic = `Basic ${Buffer.from(`${USERNAME}:${this.password}`).toString('base64')}`
    if (asked.headers.authorization !== basic) return { status: 401, body: { detail: 'Unauthorized' } }
    return this.instead.get(path) ?? this.#usual(`${asked.method} ${path}`, asked)
  }

  #usual(route: string, asked: Asked): Answer {
    if (route.startsWith('DELETE /locks/')) return this.#deleteLock(Number(route.split('/').at(-1)))
    switch (route) {
      case 'GET /balance':
        return { body: this.#balance() }
      case 'GET /status':
        return {
          body: (this.tradesAtFirst.shift() ?? this.trades).map((one) => ({
            realized_profit: 0,
            stake_amount: 400,
            ...one,
            trading_mode: this.#mode,
          })),
        }
      case 'GET /show_config':
        return {
          body: { version: '2026.10', dry_run: true, trading_mode: this.#mode, exchange: 'binance', state: 'running' },
        }
      case 'GET /locks':
        return { body: this.#locksBody() }
      case 'POST /locks':
        return this.#addLocks(asked)
      case 'GET /blacklist':
        return { body: this.#blacklistBody() }
      case 'POST /blacklist':
        this.blacklist.push(...(JSON.parse(asked.body) as { blacklist: string[] }).blacklist)
        return { body: this.#blacklistBody() }
      case 'DELETE /blacklist': {
        const gone = new URL(asked.path, this.server.url).searchParams.getAll('pairs_to_delete')
        this.blacklist = this.blacklist.filter((one) => !gone.includes(one))
        return { body: this.#blacklistBody() }
      }
      case 'POST /forceexit':
        this.exits.push((JSON.parse(asked.body) as { tradeid: string }).tradeid)
        return { body: { result: 'Created exit orders for all open trades.' } }
      default:
        return { status: 404, body: { detail: 'Not Found' } }
    }
  }

  get #mode(): string {
    return this.futures ? 'futures' : 'spot'
  }

  #balance(): object {
    const coin = (currency: string, worth: number | null) => ({
      currency,
      balance: 1,
      est_stake: worth ?? 0,
      stake: 'USDT',
      is_position: this.futures && currency !== 'USDT',
    })
    const currencies = [
      coin('USDT', this.cash),
      ...Object.entries(this.coins).map(([name, worth]) => coin(name, worth)),
    ]
    const total = currencies.reduce((sum, { est_stake }) => sum + est_stake, 0)
    return { currencies, total, total_bot: this.cash, stake: 'USDT', note: 'Simulated balances' }
  }

  #addLocks({ body }: Asked): Answer {
    if (!this.setsLocks) return { status: 405, body: { detail: 'Method Not Allowed' } }
    for (const { pair, until, reason } of JSON.parse(body) as { pair: string; until: string; reason?: string }[]) {
      this.#lock(pair, Date.parse(until), reason ?? null)
    }
    return { body: this.#locksBody() }
  }

  #lock(pair: string, until: number, reason: string | null): void {
    const lock_end_timestamp = Math.ceil(until / this.timeframe) * this.timeframe
    this.locks.push({ id: this.locks.length + 1, pair, side: '*', reason, lock_end_timestamp, active: true })
  }

  #deleteLock(id: number): Answer {
    for (const lock of this.locks) if (lock.id === id) lock.active = false
    return { body: this.#locksBody() }
  }

  #locksBody(): object {
    return { lock_count: this.standing.length, locks: this.standing }
  }

  #blacklistBody(): object {
    return { length: this.blacklist.length, blacklist: this.blacklist, errors: {}, method: ['StaticPairList'] }
  }
}
