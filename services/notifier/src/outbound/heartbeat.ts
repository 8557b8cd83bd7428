import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from '@drawbridge/service-kit'
import { attemptOf, post } from '../channels/post.ts'
import { secretIn } from '../channels/secret-file.ts'
import type { NotifierMetrics } from '../notifier-metrics.ts'

export interface HeartbeatParts {
  /** A file with the address, which is a secret. */
  readonly file: string
  /** Why nobody is told at present; null: people are. */
  readonly wait: () => string | null
  readonly metrics: NotifierMetrics
  readonly log: Logger
  readonly everyMs?: number | undefined
}

const EVERY_MS = 60_000
/** While nothing can be told, it looks so often whether that is over. */
const LOOK_MS = 1_000

/**
 * Tells an address outside, again and again, that the notifier works: a dead notifier cannot say that it is dead, but
 * somebody else can when this ends. It is silent while nothing can be told.
 */
export async function beat(
  { file, wait, metrics, log, everyMs = EVERY_MS }: HeartbeatParts,
  signal: AbortSignal,
): Promise<void> {
  let isFailing = false
  while (!signal.aborted) {
    const isSilent = wait() !== null
    if (!isSilent) {
      const reason = await once(file)
      if (reason !== null) metrics.heartbeatFailures.inc()
      if (reason !== null && !isFailing) log.warn({ reason }, 'the heartbeat does not arrive outside; trying again')
      if (reason === null && isFailing) log.info('the heartbeat arrives outside again')
      isFailing = reason !== null
    }
    await delay(isSilent ? Math.min(everyMs, LOOK_MS) : everyMs, undefined, { signal }).catch(() => undefined)
  }
}

/** Null: it was taken. */
async function once(file: string): Promise<string | null> {
  const url = secretIn(file)
  if (typeof url !== 'string') return url.reason
  const answer = await post({ url, body: '' })
  const attempt = 'kind' in answer ? answer : attemptOf(answer)
  return attempt.kind === 'sent' ? null : attempt.reason
}
