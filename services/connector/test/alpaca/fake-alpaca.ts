import type { Answer } from '../fake-server.ts'
import { FakeServer } from '../fake-server.ts'

interface Activity {
  readonly id: string
  readonly net_amount: unknown
  readonly status?: string
}

/** Alpaca's trading API with one account, as its published API describes it. */
export class FakeAlpaca {
  readonly server: FakeServer
  account: Record<string, unknown> = {
    status: 'ACTIVE',
    currency: 'USD',
    equity: '100250.75',
    cash: '50000',
    last_equity: '100000',
    trading_blocked: false,
    trade_suspended_by_user: false,
  }
  isSuspended = false
  watchlists: { id: string; name: string }[] = []
  positions: object[] = []
  orders: object[] = []
  activities: Activity[] = []
  /** What each position answers to its close. */
  closes: Answer = { status: 207, body: [] }

  private constructor(server: FakeServer) {
    this.server = server
    server.on('GET /v2/account', () => ({ body: this.account }))
    server.on('GET /v2/clock', { body: { timestamp: '2026-01-01T00:00:00Z', is_open: true } })
    server.on('GET /v2/account/configurations', () => ({
      body: { suspend_trade: this.isSuspended, no_shorting: false },
    }))
    server.on('PATCH /v2/account/configurations', ({ body }) => {
      this.isSuspended = JSON.parse(body).suspend_trade
      return { body: { suspend_trade: this.isSuspended } }
    })
    server.on('GET /v2/watchlists', () => ({ body: this.watchlists }))
    server.on('POST /v2/watchlists', ({ body }) => {
      const made = { id: `w${this.watchlists.length + 1}`, name: JSON.parse(body).name }
      this.watchlists.push(made)
      return { body: made }
    })
    server.on('GET /v2/positions', () => ({ body: this.positions }))
    server.on('GET /v2/orders', () => ({ body: this.orders }))
    server.on('DELETE /v2/positions', () => this.closes)
    server.on('GET /v2/account/activities', ({ path }) => {
      const query = new URL(path, server.url).searchParams
      const from = this.activities.findIndex(({ id }) => id === query.get('page_token')) + 1
      return { body: this.activities.slice(from, from + Number(query.get('page_size'))) }
    })
    // Requests about one watchlist.
    server.on('*', ({ method, path }) => {
      if (method !== 'DELETE' || !path.startsWith('/v2/watchlists/'))
        return { status: 404, body: { message: 'not found' } }
      this.watchlists = this.watchlists.filter(({ id }) => !path.endsWith(id))
      return { status: 204 }
    })
  }

  static async open(): Promise<FakeAlpaca> {
    return new FakeAlpaca(await FakeServer.open())
  }

  /** What changed something there. */
  get changes(): readonly string[] {
    return this.server.asked
      .filter(({ method }) => method !== 'GET')
      .map(({ method, path }) => `${method} ${path.replace('/v2', '')}`)
  }

  close(): Promise<void> {
    return this.server.close()
  }
}
