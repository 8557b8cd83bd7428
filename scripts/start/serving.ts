import type { Config } from '@drawbridge/settings'
import { urlOf } from './ask.ts'
import { servicesOf } from './services.ts'

/** What serves where, and what to try first. */
export function serving(config: Config): string {
  const traderUrl = urlOf(config, config.trader)
  const services = servicesOf(config)
  const served = [
    `console ${urlOf(config, config.console)}`,
    `trader ${traderUrl}`,
    ...(services.includes('connector') ? [`connector ${urlOf(config, config.connector)}`] : []),
    ...(services.includes('notifier') ? [`notifier ${urlOf(config, config.notify)}`] : []),
    `NATS ${withoutPassword(config.natsUrl)}`,
  ]
  const where = `Serving until Ctrl-C: ${served.join(', ')}`
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
