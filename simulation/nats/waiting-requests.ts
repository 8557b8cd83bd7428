import { type PullRequest, statuses } from './pull-request.ts'

export interface WaitingRequestsOptions {
  readonly listens: (inbox: string) => boolean
  /** Sends a status. */
  readonly tell: (inbox: string, status: Uint8Array) => void
  /** Runs what a timer has to do, and sends what comes of it. */
  readonly turn: (work: () => void) => void
  /** The sign of life that a request gets now. */
  readonly heartbeat: () => Uint8Array
}

/** The requests that wait for messages of one consumer: served in turn, told that it lives, ended when their time is over. */
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

  /** The one whose turn it is, of those who still listen. */
  next(): PullRequest | undefined {
    for (let [first] = this.#requests; first !== undefined; [first] = this.#requests) {
      if (this.#options.listens(first.inbox)) return first
      this.remove(first)
    }
    return undefined
  }

  /** A message was sent to it: it is done, or it is the others' turn. */
  served(request: PullRequest): void {
    request.missing -= 1
    if (request.heartbeatMs !== null) request.nextHeartbeatMs = performance.now() + request.heartbeatMs
    if (request.missing === 0) this.remove(request)
    else if (this.#requests.length > 1)
      this.#requests.push(...this.#requests.splice(this.#requests.indexOf(request), 1))
  }

  /** Sends its signs of life, and ends it when its time is over. */
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

  /** Forgets those who do not listen any more. */
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
