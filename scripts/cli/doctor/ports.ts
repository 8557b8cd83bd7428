import { once } from 'node:events'
import plain from 'node:http'
import secure from 'node:https'
import { createServer } from 'node:net'
import { json } from 'node:stream/consumers'
import type { Config, HttpAddress } from '@drawbridge/settings'
import { type Finding, fault, ok } from './finding.ts'

const ANSWERS_WITHIN_MS = 2_000

/** Whether each service can serve where it is told to, or does so already. */
export function portChecks(config: Config): readonly (readonly [name: string, look: () => Promise<Finding>])[] {
  return [
    ['console', config.console, 'CONSOLE'],
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

/** Whether a service of ours answers there, by plain HTTP or by TLS, whatever this machine's settings say of that. */
async function isOurs(host: string, port: number): Promise<boolean> {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  const reports = await Promise.allSettled([readinessOf(plain, name, port), readinessOf(secure, name, port)])
  return reports.some(({ status }) => status === 'fulfilled')
}

/** @throws where nothing that says whether it is ready answers */
async function readinessOf({ get }: Pick<typeof plain, 'get'>, host: string, port: number): Promise<void> {
  // What is asked and answered is no secret, so that it does not matter who vouches for the certificate.
  const request = get({
    host,
    port,
    path: '/readyz',
    rejectUnauthorized: false,
    signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
  } as plain.RequestOptions)
  const [response] = (await once(request, 'response')) as [plain.IncomingMessage]
  const report: unknown = await json(response)
  const isReadiness = typeof report === 'object' && report !== null && 'ready' in report && 'checks' in report
  if (!isReadiness) throw new Error('another program answers')
}
