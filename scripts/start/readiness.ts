import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from '@drawbridge/settings'
import { askOf } from './ask.ts'
import { type ServiceName, servicesOf } from './services.ts'

const LOOK_EVERY_MS = 100
/** Then it is said what is waited for. */
const TELL_AFTER_MS = 10_000

/**
 * Waits until every service is ready.
 * @param say is told from time to time what is waited for
 */
export async function untilReady(config: Config, stopping: AbortSignal, say: (line: string) => void): Promise<void> {
  const waiting = new Map<ServiceName, string>(servicesOf(config).map((name) => [name, 'is starting']))
  let toldAt = performance.now()
  for (;;) {
    await Promise.all(
      [...waiting.keys()].map(async (name) => {
        const reason = await unreadyReason(config, name)
        if (reason === null) waiting.delete(name)
        else waiting.set(name, reason)
      }),
    )
    if (waiting.size === 0) return
    stopping.throwIfAborted()
    if (performance.now() - toldAt > TELL_AFTER_MS) {
      say(`Waiting: ${[...waiting].map(([name, reason]) => `${name} ${reason}`).join('; ')}`)
      toldAt = performance.now()
    }
    await delay(LOOK_EVERY_MS)
  }
}

/** Null: it is ready. */
async function unreadyReason(config: Config, name: ServiceName): Promise<string | null> {
  const answer = await askOf(config, addressOf(config, name))('/readyz')
  if (answer === null) return 'is starting'
  const { ready, checks = {} } = (answer.body ?? {}) as { ready?: boolean; checks?: Record<string, string> }
  if (ready === true) return null
  const reasons = Object.entries(checks).filter(([, state]) => state !== 'ok')
  return `is not ready (${reasons.map(([check, state]) => `${check}: ${state}`).join(', ')})`
}

function addressOf(config: Config, name: ServiceName) {
  switch (name) {
    case 'console':
      return config.console
    case 'trader':
      return config.trader
    case 'risk-guardian':
      return config.riskGuardian
    case 'persister':
      return config.persister
    case 'connector':
      return config.connector
    case 'notifier':
      return config.notify
    default:
      return name satisfies never
  }
}
