import type { Config } from '@drawbridge/settings'
import { urlOf } from './ask.ts'

/** What serves where, and what to try first. */
export function serving(config: Config): string {
  const [consoleUrl, traderUrl] = [urlOf(config, config.console), urlOf(config, config.trader)]
  const where = `Serving until Ctrl-C: console ${consoleUrl}, trader ${traderUrl}, NATS ${withoutPassword(config.natsUrl)}`
  const bot = Object.entries(config.traders).find(([, trader]) => trader.source.kind === 'http')?.[0]
  if (bot === undefined) return where
  const trader = `${traderUrl}/api/traders/${bot}`
  return `${where}
Act as a bot:
  curl -X POST ${trader}/equity -d '{"equity": 1000}'
  curl -X POST ${trader}/equity -d '{"equity": 850}'
  curl ${trader}/can-trade`
}

function withoutPassword(url: string): string {
  return url.replaceAll(/\/\/[^@/,]*@/g, '//')
}
