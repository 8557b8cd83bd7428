import type { Account, Adapter, Surroundings } from '../../port.ts'
import { ExchangeProcess } from './exchange-process.ts'
import type { ExchangeLine } from './exchanges/exchange-line.ts'
import { EXCHANGES, type ExchangeName } from './exchanges/exchanges.ts'
import { CcxtSchema, type CcxtSettings, faultsOfCcxt } from './settings.ts'

const MINUTE_MS = 60_000
/** ccxt keeps the limit of each exchange by itself; this is a bound of what it is asked. */
const READS_PER_MINUTE = 60

export const ccxt: Adapter<typeof CcxtSchema> = {
  name: 'ccxt',
  about: 'An account on an exchange, by a key that may only read.',
  settings: CcxtSchema,
  secrets: {
    api_key: { about: 'the API key', required: false },
    api_secret: { about: 'the secret of the API key', required: false },
    passphrase: { about: 'the passphrase of the API key', required: false },
  },
  everySeconds: 10,
  limits: () => ({
    read: { calls: READS_PER_MINUTE, perMs: MINUTE_MS },
    control: { calls: READS_PER_MINUTE, perMs: MINUTE_MS },
  }),
  check: (settings, secrets) => faultsOfCcxt(settings as CcxtSettings, secrets),
  open: (settings, surroundings) => accountByCcxt(settings as CcxtSettings, surroundings),
}

/** A key that may only read blocks nothing; one that may trade closes positions, where an exchange was tried for it. */
function accountByCcxt(settings: CcxtSettings, { secret, take, marker }: Surroundings): Account {
  const line: ExchangeLine = EXCHANGES[settings.exchange satisfies ExchangeName]
  const { credentials } = line
  const keys = Object.fromEntries(credentials.map((name) => [name, secret(name) ?? undefined]))
  const process = new ExchangeProcess({ kind: 'open', settings, keys, marker })
  return {
    async readEquity(signal) {
      await take('read', signal)
      return process.ask('read', signal)
    },
    block: null,
    unblock: null,
    ...(line.flatten === undefined
      ? {}
      : {
          flatten: async (signal: AbortSignal) => {
            await take('control', signal)
            return process.ask('flatten', signal)
          },
        }),
    async examine(signal) {
      await take('read', signal)
      return process.ask('examine', signal)
    },
    close: () => process.close(),
  }
}
