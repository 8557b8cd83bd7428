import { ccxt } from '../../src/adapters/ccxt/ccxt.ts'
import type { ExchangeName } from '../../src/adapters/ccxt/exchanges/exchanges.ts'
import type { Account, ReadAnswer } from '../../src/port.ts'
import { FakeServer } from '../fake-server.ts'
import { openAlone } from '../open-alone.ts'

const WITHIN_MS = 60_000

/** The real ccxt library, in its process, before a fake of one exchange. */
export class ExchangeScene {
  readonly fake: FakeServer
  readonly account: Account

  private constructor(fake: FakeServer, account: Account) {
    this.fake = fake
    this.account = account
  }

  static async open(
    exchange: ExchangeName,
    secrets: Readonly<Record<string, string>>,
    more: object = {},
  ): Promise<ExchangeScene> {
    const fake = await FakeServer.open()
    const account = openAlone(ccxt, { exchange, base_url: fake.url, ...more }, secrets)
    return new ExchangeScene(fake, account)
  }

  read(): Promise<ReadAnswer> {
    return this.account.readEquity(AbortSignal.timeout(WITHIN_MS))
  }

  examine() {
    return this.account.examine?.(AbortSignal.timeout(WITHIN_MS))
  }

  async close(): Promise<void> {
    await this.account.close?.()
    await this.fake.close()
  }
}
