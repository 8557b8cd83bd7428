import { freePort } from '@drawbridge/dev-stack'
import { listenError } from '@drawbridge/service-kit'
import { type Config, type HttpAddress, whereWritten } from '@drawbridge/settings'
import type { Place } from '@drawbridge/settings/place'

const SERVICES = ['CONSOLE', 'TRADER', 'RISK_GUARDIAN', 'PERSISTER', 'CONNECTOR', 'NOTIFIER'] as const

/**
 * Gives each service a port: the one that is written, else the usual one, else a free one.
 * @returns what is wrong with those that are written, a line each
 */
export async function settlePorts(config: Config, place: Place): Promise<readonly string[]> {
  const isUsed = (prefix: string) =>
    (prefix !== 'CONNECTOR' || Object.keys(config.connectors).length > 0) &&
    (prefix !== 'NOTIFIER' || config.notify.channels.length > 0)
  const services = SERVICES.filter(isUsed).map((prefix) => {
    const name = `${prefix}_PORT`
    return { prefix, name, written: whereWritten(place, name), address: addressOf(config, prefix) }
  })
  const faults: string[] = []
  const taken = new Map<number, string>()
  for (const { prefix, name, written, address } of services) {
    if (written === null || address.port === 0) continue
    const fault = taken.has(address.port)
      ? `${written}: port ${address.port} is that of ${taken.get(address.port)}, too; set another one`
      : await portFault(written, prefix, address)
    if (fault !== null) faults.push(fault)
    taken.set(address.port, written)
    place.env[name] = String(address.port)
  }
  for (const { name, written, address } of services) {
    if (written !== null && address.port !== 0) continue
    const usual = address.port === 0 || taken.has(address.port) ? null : address.port
    const port = await freePort(usual)
    taken.set(port, name)
    place.env[name] = String(port)
  }
  return faults
}

function addressOf(config: Config, prefix: (typeof SERVICES)[number]): HttpAddress {
  switch (prefix) {
    case 'CONSOLE':
      return config.console
    case 'TRADER':
      return config.trader
    case 'RISK_GUARDIAN':
      return config.riskGuardian
    case 'PERSISTER':
      return config.persister
    case 'CONNECTOR':
      return config.connector
    case 'NOTIFIER':
      return config.notify
    default:
      return prefix satisfies never
  }
}

async function portFault(written: string, prefix: string, { host, port }: HttpAddress): Promise<string | null> {
  switch (await listenError(host, port)) {
    case null:
      return null
    case 'EADDRINUSE':
      return `${written}: another program listens on ${host}:${port}; stop it, or set another port`
    case 'EACCES':
      return `${written}: ${host}:${port} may not be used; set a port from 1024 up`
    default:
      return `${prefix}_HOST: ${host} is no address of this machine; set one that is`
  }
}
