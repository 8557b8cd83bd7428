import { once } from 'node:events'
import plain from 'node:http'
import secure from 'node:https'
import { json } from 'node:stream/consumers'
import { listenError } from '@drawbridge/service-kit'
import type { Config, HttpAddress } from '@drawbridge/settings'
import { type Check, type Finding, fault, ok, warning } from './finding.ts'

/** From here on Node.js runs TypeScript. npm ci installs a newer one, so that any npm can run the commands. */
const OLDEST_NODE = '22.18'

/** Whether this Node.js can run the programs. */
export function checkNode(version: string): Finding {
  if (isAtLeast(version, OLDEST_NODE)) return ok('Node.js', version)
  const advice = 'npm ci installs it; run commands with npm, as in npm start'
  return fault('Node.js', `${version}; ${OLDEST_NODE} or newer is needed`, advice)
}

const byNumbers = new Intl.Collator('en', { numeric: true })

/** @param version like `v24.21.0` or `18beta1`; empty: unknown, and not new enough */
export function isAtLeast(version: string, oldest: string): boolean {
  return byNumbers.compare(version.replace(/^v/, ''), oldest) >= 0
}

/** From here on people notice the difference. */
const SKEW_WARNING_MS = 1_000
/** A tick with a time further ahead of NATS is refused. */
const SKEW_FAULT_MS = 60_000

/**
 * Compares a clock with that of this machine.
 * @param ask returns the other clock's time, milliseconds
 */
export async function checkClock(check: string, ask: () => Promise<number>): Promise<Finding> {
  const before = Date.now()
  const theirs = await ask()
  const after = Date.now()
  // It was read at some moment between the two.
  const skewMs = theirs < before ? theirs - before : Math.max(0, theirs - after)
  return judgeSkew(check, skewMs)
}

/** @param skewMs how far the other clock is ahead of ours */
export function judgeSkew(check: string, skewMs: number): Finding {
  const [size, words] = [Math.abs(skewMs), `${(Math.abs(skewMs) / 1000).toFixed(1)} s`]
  if (size < SKEW_WARNING_MS) return ok(check, 'agrees with this machine within a second')
  const found = `is ${words} ${skewMs > 0 ? 'ahead of' : 'behind'} this machine`
  const advice = 'synchronize both machines by NTP'
  return size < SKEW_FAULT_MS ? warning(check, found, advice) : fault(check, found, advice)
}

const ANSWERS_WITHIN_MS = 2_000

/** Whether each service can listen on its address, or does so already. */
export function portChecks(config: Config): readonly Check[] {
  const services = [
    ['console', config.console, 'CONSOLE'],
    ['trader', config.trader, 'TRADER'],
    ['risk guardian', config.riskGuardian, 'RISK_GUARDIAN'],
    ['persister', config.persister, 'PERSISTER'],
    ...(config.notify.channels.length === 0 ? [] : [['notifier', config.notify, 'NOTIFIER'] as const]),
    ...(Object.keys(config.connectors).length === 0 ? [] : [['connector', config.connector, 'CONNECTOR'] as const]),
  ] as const
  return services.map(([name, address, prefix]): Check => {
    const check = `port of the ${name}`
    return [check, () => checkPort(check, address, prefix)]
  })
}

async function checkPort(check: string, { host, port }: HttpAddress, prefix: string): Promise<Finding> {
  const where = `${host}:${port}`
  const code = await listenError(host, port)
  if (code === null) return ok(check, `${where} is free`)
  if (code === 'EACCES') return fault(check, `${where} may not be used`, `set ${prefix}_PORT to 1024 or more`)
  if (code !== 'EADDRINUSE') {
    return fault(check, `${where} is no address of this machine (${code})`, `set ${prefix}_HOST to one`)
  }
  if (await isOurs(host, port)) return ok(check, `${where} is served by Drawbridge`)
  return fault(check, `${where} is taken by another program`, `stop it, or set ${prefix}_PORT`)
}

/** Whether a service of ours answers there, by plain HTTP or TLS, whatever this machine's settings say. */
async function isOurs(host: string, port: number): Promise<boolean> {
  const name = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  const reports = await Promise.allSettled([readinessOf(plain, name, port), readinessOf(secure, name, port)])
  return reports.some(({ status }) => status === 'fulfilled')
}

/** @throws if no service answers whether it is ready */
async function readinessOf({ get }: Pick<typeof plain, 'get'>, host: string, port: number): Promise<void> {
  // Nothing here is secret, so that any certificate will do.
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
