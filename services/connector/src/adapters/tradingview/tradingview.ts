import type { Account, Adapter, Surroundings } from '../../port.ts'
import { faultsOfTradingView, TradingViewSchema, type TradingViewSettings } from './settings.ts'
import { Webhook } from './webhook.ts'
import { checkSecret } from './webhook-secret.ts'

const MINUTE_MS = 60_000

export const tradingview: Adapter<typeof TradingViewSchema> = {
  name: 'tradingview',
  about:
    'A webhook for alerts of TradingView, which sends orders on: entries while they are allowed, and exits always.',
  settings: TradingViewSchema,
  secrets: {
    secret: { about: 'the last part of the address of the webhook, which only TradingView knows', required: true },
    forward_token: { about: 'the token that is sent on as "Authorization: Bearer"', required: false },
  },
  everySeconds: 60,
  // TradingView sends some 15 alerts in 3 minutes from each account; an exit must not wait for its turn.
  limits: () => ({ read: { calls: 60, perMs: MINUTE_MS }, control: { calls: 600, perMs: MINUTE_MS } }),
  check: faultsOfTradingView,
  open: openTradingView,
}

function openTradingView(settings: TradingViewSettings, surroundings: Surroundings): Account {
  const secret = checkSecret(surroundings.secret('secret') ?? '')
  const webhook = new Webhook(settings, surroundings, { secret, token: surroundings.secret('forward_token') })
  return {
    async readEquity() {
      return NO_ACCOUNT
    },
    // Nothing stands open there: each order asks when it comes.
    block: null,
    unblock: null,
    asksAboutEach: true,
    receive: (message) => webhook.receive(message),
    async examine() {
      return {
        fields: [
          ['webhook', `/connectors/${surroundings.name}/<the secret>`],
          ['forward_url', settings.forward_url],
        ],
        clock: null,
        rights: { read: null, trade: null, withdraw: null },
        notes: [
          'Nothing is asked of TradingView, and nothing was sent to forward_url: send a first alert of a paper account.',
          'TradingView reaches ports 80 and 443 alone: a proxy with TLS must pass the webhook on to this service.',
        ],
      }
    },
  }
}

const NO_ACCOUNT = {
  kind: 'unusable',
  reason:
    'TradingView has no account of its own: set "reads": false, and let another connector or the bot report the equity of this trader',
} as const
