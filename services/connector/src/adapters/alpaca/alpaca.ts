import type { Account, Adapter, Surroundings } from '../../port.ts'
import { AlpacaApi } from './alpaca-api.ts'
import { examineAlpaca } from './examine.ts'
import { Flattening } from './flatten.ts'
import { readAccount } from './reading.ts'
import { AlpacaSchema, type AlpacaSettings } from './settings.ts'
import { Suspension } from './suspension.ts'

const MINUTE_MS = 60_000

export const alpaca: Adapter<typeof AlpacaSchema> = {
  name: 'alpaca',
  about: 'An account of Alpaca, paper or live.',
  settings: AlpacaSchema,
  secrets: {
    key_id: { about: 'the id of the API key', required: true },
    secret_key: { about: 'the secret of the API key', required: true },
  },
  everySeconds: 5,
  // Alpaca admits 200 calls a minute and account, of both kinds together; the bot needs some.
  limits: () => ({ read: { calls: 120, perMs: MINUTE_MS }, control: { calls: 20, perMs: MINUTE_MS } }),
  callsPerReading: ({ net_deposits: withFlows = false }) => (withFlows ? 3 : 1),
  open: openAlpaca,
}

function openAlpaca(settings: AlpacaSettings, surroundings: Surroundings): Account {
  const api = new AlpacaApi(settings, surroundings)
  const suspends = settings.suspend_trade === true
  const suspension = new Suspension(api, surroundings.marker)
  const flattening = new Flattening(api)
  return {
    readEquity: (signal) => readAccount(api, settings.net_deposits === true, signal),
    block: suspends ? (_request, signal) => suspension.set(signal) : null,
    unblock: suspends ? (signal) => suspension.lift(signal) : null,
    // The orders that close would be refused, too.
    ...(suspends ? {} : { flatten: (signal: AbortSignal) => flattening.run(surroundings.now(), signal) }),
    examine: (signal) => examineAlpaca(api, suspends, signal),
  }
}
