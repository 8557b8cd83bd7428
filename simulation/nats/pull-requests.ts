import { millis } from './api-format.ts'
import { headerBlock } from './message.ts'

/** A client's request to a consumer for a number of messages, sent to its inbox. */
export interface PullRequest {
  readonly inbox: string
  /** The number of messages that it still wants. */
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
  // A bound of megabytes is never met by the messages of the simulation.
  if ((bytes !== 0 && bytes < 1_000_000) || (noWait && expires !== 0)) {
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

interface WaitingRequestsOptions {
  readonly listens: (inbox: string) => boolean
  /** Sends a status. */
  readonly tell: (inbox: string, status: Uint8Array) => void
  /** Runs the work of a timer, and sends the resulting messages. */
  readonly turn: (work: () => void) => void
  /** The heartbeat for a request now. */
  readonly heartbeat: () => Uint8Array
}

/** The waiting requests of one consumer: served in turn, kept alive by heartbeats, ended when they expire. */
export class WaitingRequests {
  readonly #options: WaitingRequestsOptions
  #requests: PullRequest[] = []

  constructor(options: WaitingRequestsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#requests.length
  }

  add(request: PullRequest): void {
    this.#requests.push(request)
  }

  /** The next request whose client still listens. */
  next(): PullRequest | undefined {
    for (let [first] = this.#requests; first !== undefined; [first] = this.#requests) {
      if (this.#options.listens(first.inbox)) return first
      this.remove(first)
    }
    return undefined
  }

  /** A message was sent to it: it is complete, or goes to the end of the queue. */
  served(request: PullRequest): void {
    request.missing -= 1
    if (request.heartbeatMs !== null) request.nextHeartbeatMs = performance.now() + request.heartbeatMs
    if (request.missing === 0) this.remove(request)
    else if (this.#requests.length > 1)
      this.#requests.push(...this.#requests.splice(this.#requests.indexOf(request), 1))
  }

  /** Sends its heartbeats, and ends it when it expires. */
  watch(request: PullRequest): void {
    const dueMs = Math.min(request.nextHeartbeatMs, request.expiresMs ?? Number.POSITIVE_INFINITY)
    if (dueMs === Number.POSITIVE_INFINITY) return
    const waitMs = Math.max(1, Math.ceil(dueMs - performance.now()))
    request.timer = setTimeout(() => this.#options.turn(() => this.#lookAt(request)), waitMs)
  }

  remove(request: PullRequest): void {
    if (request.timer !== null) clearTimeout(request.timer)
    this.#requests = this.#requests.filter((other) => other !== request)
  }

  /** Removes requests whose clients no longer listen. */
  removeDeserted(): void {
    for (const request of [...this.#requests]) if (!this.#options.listens(request.inbox)) this.remove(request)
  }

  /** Forgets all. Gives them. */
  clear(): readonly PullRequest[] {
    const requests = this.#requests
    for (const request of requests) this.remove(request)
    return requests
  }

  #lookAt(request: PullRequest): void {
    const { listens, tell, heartbeat } = this.#options
    const nowMs = performance.now()
    const over = request.expiresMs !== null && nowMs >= request.expiresMs
    if (over) tell(request.inbox, statuses.timeout(request.missing))
    if (over || !listens(request.inbox)) {
      this.remove(request)
      return
    }
    if (request.heartbeatMs !== null && nowMs >= request.nextHeartbeatMs) {
      tell(request.inbox, heartbeat())
      request.nextHeartbeatMs = nowMs + request.heartbeatMs
    }
    this.watch(request)
  }
}
