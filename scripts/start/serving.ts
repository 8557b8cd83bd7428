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
  const bot = traderToTry(config)
  if (bot === undefined) return where
  const trader = `${traderUrl}/api/traders/${bot}`
  return `${where}
Act as a bot:
  curl -X POST ${trader}/equity -d '{"equity": 1000}'
  curl -X POST ${trader}/equity -d '{"equity": 850}'
  curl ${trader}/can-trade`
}

/** One whose equity nobody else tells: an invented one would have a connector close what is really open. */
function traderToTry({ traders, connectors }: Config): string | undefined {
  const read = new Set(Object.values(connectors).flatMap(({ reads, trader }) => (reads ? [trader] : [])))
  return Object.entries(traders).find(([id, { source }]) => source.kind === 'http' && !read.has(id))?.[0]
}

function withoutPassword(url: string): string {
  return url.replaceAll(/\/\/[^@/,]*@/g, '//')
}
