import { headerBlock } from './message.ts'
import { millis } from './server-time.ts'

/** What a client asks of a consumer: so many messages, to be sent to its inbox. */
export interface PullRequest {
  readonly inbox: string
  /** Messages that are still to come. */
  missing: number
  readonly noWait: boolean
  /** By `performance.now()`; null: never. */
  readonly expiresMs: number | null
  readonly heartbeatMs: number | null
  nextHeartbeatMs: number
  timer: NodeJS.Timeout | null
}

/** A request, or the status that refuses it. */
export type ParsedPull = { readonly request: PullRequest } | { readonly refusal: Uint8Array }

interface PullBody {
  readonly batch?: number
  readonly expires?: number
  readonly no_wait?: boolean
  readonly idle_heartbeat?: number
  readonly max_bytes?: number
}

export function parsePull(inbox: string, body: string, nowMs: number): ParsedPull {
  const fields: PullBody = body === '' ? {} : JSON.parse(body)
  const {
    batch = 1,
    expires = 0,
    no_wait: noWait = false,
    idle_heartbeat: heartbeat = 0,
    max_bytes: bytes = 0,
  } = fields
  if (bytes !== 0 || (noWait && expires !== 0)) {
    throw new Error(`the simulated server does not know the pull request ${body}`)
  }
  if (heartbeat > 0 && heartbeat > expires / 2) return { refusal: statuses.heartbeatTooLong }
  return {
    request: {
      inbox,
      missing: Math.max(1, batch),
      noWait,
      expiresMs: expires > 0 ? nowMs + millis(expires) : null,
      heartbeatMs: heartbeat > 0 ? millis(heartbeat) : null,
      nextHeartbeatMs: heartbeat > 0 ? nowMs + millis(heartbeat) : Number.POSITIVE_INFINITY,
      timer: null,
    },
  }
}

export const statuses = {
  heartbeatTooLong: headerBlock('400 Bad Request - heartbeat value too large', {}),
  noMessages: headerBlock('404 No Messages', {}),
  consumerDeleted: headerBlock('409 Consumer Deleted', {}),
  tooManyRequests: headerBlock('409 Exceeded MaxWaiting', {}),
  timeout: (missing: number) =>
    headerBlock('408 Request Timeout', { 'Nats-Pending-Messages': missing, 'Nats-Pending-Bytes': 0 }),
  heartbeat: (consumerSeq: number, streamSeq: number) =>
    headerBlock('100 Idle Heartbeat', { 'Nats-Last-Consumer': consumerSeq, 'Nats-Last-Stream': streamSeq }),
}
