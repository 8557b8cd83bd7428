import { setTimeout as delay } from 'node:timers/promises'
import type { NatsConnection } from '@nats-io/transport-node'
import { factsOf, type WireEvent } from '../check/read-evidence.ts'
import type { ClientLog } from './client-log.ts'

export const POLL_MS = 100
const ANSWERS_WITHIN_MS = 10_000

/** Repeatedly checks whether the gate of an account allows entries and exits. */
export async function observeGate(url: string, trader: string, log: ClientLog, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const pause = delay(POLL_MS)
    await Promise.all([lookAtEntries(url, trader, log), lookAtExits(url, trader, log)])
    await pause
  }
}

/** Records events of traders as a plain subscriber, which misses events while it is disconnected. */
export function listen(connection: NatsConnection, { heard }: ClientLog): void {
  connection.subscribe('risk.*.*', {
    callback: (error, message) => {
      if (error === null && !message.subject.startsWith('risk.config.')) heard.push(factsOf(message.json<WireEvent>()))
    },
  })
}

async function lookAtEntries(url: string, trader: string, { looks }: ClientLog): Promise<void> {
  const askedAt = Date.now()
  const answer = await ask(`${url}/api/traders/${trader}/can-trade`)
  if (answer?.status === 200) looks.push({ trader, askedAt, answeredAt: Date.now(), allowed: isAllowed(answer.text) })
}

async function lookAtExits(url: string, trader: string, log: ClientLog): Promise<void> {
  const askedAt = Date.now()
  const answer = await ask(`${url}/api/traders/${trader}/can-trade?intent=reduce`)
  if (answer === null) return
  if (answer.status === 200 && isAllowed(answer.text)) log.exitsAllowed += 1
  else log.exits.push({ trader, askedAt, answer: `${answer.status} ${answer.text}` })
}

/** Null: no answer. */
async function ask(url: string): Promise<{ readonly status: number; readonly text: string } | null> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) })
    return { status: answer.status, text: await answer.text() }
  } catch {
    return null
  }
}

function isAllowed(text: string): boolean {
  try {
    return (JSON.parse(text) as { allowed?: unknown }).allowed === true
  } catch {
    return false
  }
}
