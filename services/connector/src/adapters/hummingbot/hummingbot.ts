import { isFailure } from '../../core/failure.ts'
import { IN_CONFIG } from '../../core/remedies.ts'
import type { Account, Adapter, Surroundings } from '../../port.ts'
import { blockByStop } from '../stopping/block-by-stop.ts'
import { StopNote } from '../stopping/stop-note.ts'
import { HummingbotApi } from './api.ts'
import { Controllers } from './controllers.ts'
import { examinationOf } from './examine.ts'
import { readingOfPortfolio } from './portfolio.ts'
import { faultsOfHummingbot, HummingbotSchema, type HummingbotSettings } from './settings.ts'

const MINUTE_MS = 60_000

export const hummingbot: Adapter<typeof HummingbotSchema> = {
  name: 'hummingbot',
  about: 'An account of the Hummingbot API: its portfolio, and the kill switches of a bot where kill_switch is set.',
  settings: HummingbotSchema,
  secrets: { password: { about: 'the PASSWORD of the Hummingbot API', required: true } },
  everySeconds: 10,
  // The API has no limits; each reading is some calls of the exchanges for it.
  limits: () => ({ read: { calls: 60, perMs: MINUTE_MS }, control: { calls: 60, perMs: MINUTE_MS } }),
  check: faultsOfHummingbot,
  open: openHummingbot,
}

function openHummingbot(settings: HummingbotSettings, surroundings: Surroundings): Account {
  const { account = 'master_account', hummingbot_connectors: connectors = [], ignore_tokens: ignored = [] } = settings
  const { currency = 'USDT', kill_switch: switches = false, bot, remember_in: file } = settings
  const api = new HummingbotApi(settings, surroundings)
  const controllers = bot === undefined ? null : new Controllers(api, bot)
  const askForPortfolio = (signal: AbortSignal) => {
    const filter = { account_names: [account], connector_names: connectors, skip_gateway: true, refresh: true }
    return api.post('read', '/portfolio/state', filter, signal)
  }
  return {
    async readEquity(signal) {
      if (connectors.length === 0) return NO_CONNECTORS
      const answer = await askForPortfolio(signal)
      if (isFailure(answer)) return answer
      return readingOfPortfolio(answer.body, { account, connectors, ignored, currency })
    },
    ...(switches && controllers !== null && file !== undefined
      ? blockByStop(controllers, new StopNote(file, surroundings.marker, settings.bot ?? ''))
      : { block: null, unblock: null }),
    async examine(signal) {
      const portfolio = await askForPortfolio(signal)
      if (isFailure(portfolio)) return portfolio
      const parts = switches && controllers !== null ? await controllers.look(signal) : null
      return examinationOf(portfolio, account, parts)
    },
  }
}

const NO_CONNECTORS = {
  kind: 'refused',
  reason: 'hummingbot_connectors is not set, so nothing is counted: name them, or set "reads": false',
  advice: IN_CONFIG,
} as const
