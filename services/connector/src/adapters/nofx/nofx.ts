import { isFailure } from '../../core/failure.ts'
import type { Account, Adapter, Surroundings } from '../../port.ts'
import { valueAt } from '../generic/pointer.ts'
import { blockByStop } from '../stopping/block-by-stop.ts'
import { StopNote } from '../stopping/stop-note.ts'
import { currencyOf, faultOfExchange, readingOfAccount } from './account-reading.ts'
import { examineTrader } from './examine.ts'
import { flattenTrader } from './flatten.ts'
import { NofxSession } from './session.ts'
import { faultsOfNofx, NofxSchema, type NofxSettings } from './settings.ts'
import { NofxTrader } from './trader.ts'

const MINUTE_MS = 60_000

export const nofx: Adapter<typeof NofxSchema> = {
  name: 'nofx',
  about: 'A trader of NOFX: its equity, and its stop and start where stop_trader is set.',
  settings: NofxSchema,
  secrets: { password: { about: 'the password that you log in to NOFX with', required: true } },
  everySeconds: 10,
  // NOFX limits logins alone (10 a minute); each reading of ours is two calls of the exchange for it.
  limits: () => ({ read: { calls: 60, perMs: MINUTE_MS }, control: { calls: 10, perMs: MINUTE_MS } }),
  check: faultsOfNofx,
  open: openNofx,
}

function openNofx(settings: NofxSettings, surroundings: Surroundings): Account {
  const trader = new NofxTrader(new NofxSession(settings, surroundings), settings.nofx_trader)
  const { stop_trader: stops = false, remember_in: file } = settings
  let exchange: string | null = null
  return {
    async readEquity(signal) {
      if (exchange === null) {
        const status = await trader.ask('status', signal)
        if (isFailure(status)) return status
        exchange = String(valueAt(status.body, '/exchange') ?? '')
      }
      const fault = faultOfExchange(exchange)
      if (fault !== null) return fault
      const account = await trader.ask('account', signal)
      return isFailure(account) ? account : readingOfAccount(account.body, settings.currency ?? currencyOf(exchange))
    },
    ...(stops && file !== undefined
      ? blockByStop(trader, new StopNote(file, surroundings.marker, trader.id))
      : { block: null, unblock: null }),
    flatten: (signal) => flattenTrader(trader, signal),
    examine: (signal) => examineTrader(trader, stops, signal),
  }
}
