import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Config, HttpAddress } from '@drawbridge/service-kit'
import { type Finding, fault, ok } from './finding.ts'

const ANSWERS_WITHIN_MS = 2_000

/** Whether each service can serve where it is told to, or does so already. */
export function portChecks(config: Config): readonly (readonly [name: string, look: () => Promise<Finding>])[] {
  return [
    ['trader', config.trader, 'TRADER'],
    ['risk guardian', config.riskGuardian, 'RISK_GUARDIAN'],
    ['persister', config.persister, 'PERSISTER'],
  ].map(([name, address, prefix]) => {
    const check = `port of the ${name as string}`
    return [check, () => checkPort(check, address as HttpAddress, prefix as string)] as const
  })
}

async function checkPort(check: string, { host, port }: HttpAddress, prefix: string): Promise<Finding> {
  const where = `${host}:${port}`
  const code = await listenError(host, port)
  if (code === null) return ok(check, `${where} is free`)
  if (code === 'EACCES') return fault(check, `${where} may not be used`, `set ${prefix}_PORT to 1024 or more`)
  if (code !== 'EADDRINUSE') {
    return fault(check, `${where} is no address of this machine (${code})`, `set ${prefix}_HOST to one that is`)
  }
  if (await isOurs(host, port)) return ok(check, `${where} is served by Drawbridge`)
  return fault(check, `${where} is taken by another program`, `stop that, or set ${prefix}_PORT`)
}

/** The code of the error that listening there meets; null: none. */
async function listenError(host: string, port: number): Promise<string | null> {
  const server = createServer()
  try {
    server.listen({ host, port })
    await once(server, 'listening')
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    server.close()
  }
}

async function isOurs(host: string, port: number): Promise<boolean> {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
  try {
    const response = await fetch(`http://${name}:${port}/readyz`, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) })
    const report: unknown = await response.json()
    return typeof report === 'object' && report !== null && 'ready' in report && 'checks' in report
  } catch {
    return false
  }
}
