import { millis, nanosOf, rfc3339 } from './api-format.ts'
import { type ConsumerConfig, isEphemeral } from './consumer-config.ts'
import { Deliveries, Unwritten } from './deliveries.ts'
import { type Message, NO_BYTES, type StoredMessage } from './message.ts'
import { type PullRequest, parsePull, statuses, WaitingRequests } from './pull-requests.ts'
import type { Stream } from './stream.ts'
import { StreamCursor } from './stream-cursor.ts'

/** What a consumer needs of its server. */
export interface ConsumerHost {
  /** By the server's clock, whole milliseconds since 1970. */
  now(): number
  listens(inbox: string): boolean
  /** Sends a message to the subscriber of the inbox. */
  send(inbox: string, message: Message): void
  /** Runs the work of a timer, and sends the resulting messages. */
  turn(work: () => void): void
  /** Deletes a consumer that was not used for long. */
  expire(): void
}

/** A pull consumer of a stream. */
export class Consumer {
  readonly config: ConsumerConfig
  readonly created: string
  readonly #stream: Stream
  readonly #host: ConsumerHost
  readonly #cursor: StreamCursor
  /** Null: it works without acks. */
  readonly #deliveries: Deliveries | null
  readonly #unwritten = new Unwritten()
  readonly #waiting: WaitingRequests
  #streamSeq: number
  #consumerSeq = 0
  /** By the server's clock, milliseconds since 1970. */
  #lastActive = 0
  #usedMs = performance.now()
  #ackTimer: NodeJS.Timeout | null = null
  #idleTimer: NodeJS.Timeout | null = null
  #isLost = false

  constructor(config: ConsumerConfig, created: string, stream: Stream, host: ConsumerHost) {
    this.config = config
    this.created = created
    this.#stream = stream
    this.#host = host
    this.#cursor = new StreamCursor(stream, config)
    this.#deliveries = config.ack_policy === 'none' ? null : new Deliveries(millis(config.ack_wait ?? 0))
    this.#waiting = new WaitingRequests({
      listens: (inbox) => host.listens(inbox),
      tell: (inbox, status) => this.#tell(inbox, status),
      turn: (work) => host.turn(work),
      heartbeat: () => statuses.heartbeat(this.#consumerSeq, this.#streamSeq),
    })
    this.#streamSeq = this.#cursor.before
    this.#watchUse()
  }

  /** Whether it no longer answers. */
  get isLost(): boolean {
    return this.#isLost
  }

  info() {
    this.#waiting.removeDeserted()
    const delivered = { consumer_seq: this.#consumerSeq, stream_seq: this.#streamSeq }
    const floor = this.#deliveries?.floor ?? null
    return {
      stream_name: this.#stream.config.name,
      name: this.config.name,
      created: this.created,
      config: this.config,
      delivered: this.#consumerSeq === 0 ? delivered : { ...delivered, last_active: rfc3339(this.#lastActive) },
      ack_floor: floor === null ? delivered : { consumer_seq: floor.consumerSeq, stream_seq: floor.streamSeq },
      num_ack_pending: this.#deliveries?.size ?? 0,
      num_redelivered: this.#deliveries?.redelivered ?? 0,
      num_waiting: this.#waiting.size,
      num_pending: this.#cursor.pending,
      ts: rfc3339(this.#host.now()),
    }
  }

  /** A client asks for messages. */
  pull(inbox: string, body: string): void {
    if (this.#isLost) return
    const nowMs = performance.now()
    this.#usedMs = nowMs
    const parsed = parsePull(inbox, body, nowMs)
    if ('refusal' in parsed) this.#tell(inbox, parsed.refusal)
    else if (this.#waiting.size >= this.config.max_waiting) this.#tell(inbox, statuses.tooManyRequests)
    else this.#take(parsed.request)
  }

  /** A client acknowledges a message, or refuses it. */
  acknowledge(streamSeq: number, body: string): void {
    const now = this.#host.now()
    if (body === '' || body === '+ACK' || body.startsWith('+TERM')) {
      const undo = this.#deliveries?.settle(streamSeq) ?? null
      if (undo !== null) this.#unwritten.add(undo)
    } else if (body === '+WPI') this.#deliveries?.extend(streamSeq, now)
    else if (body.startsWith('-NAK')) {
      const { delay = 0 } = body === '-NAK' ? {} : (JSON.parse(body.slice('-NAK '.length)) as { delay?: number })
      this.#deliveries?.refuse(streamSeq, millis(delay), now)
      this.#restartAckTimer()
    } else throw new Error(`the simulated server does not know the acknowledgement ${body}`)
    this.#usedMs = performance.now()
    this.#deliver()
  }

  /** The stream has stored a message. */
  stored(message: StoredMessage): void {
    if (this.#cursor.stored(message) && this.#waiting.size > 0) this.#deliver()
  }

  /** The stream has removed a message. */
  removed(message: StoredMessage): void {
    this.#cursor.removed(message)
    this.#deliveries?.settle(message.seq)
  }

  /** Ends permanently; waiting clients are told. */
  delete(): void {
    this.#stopTimers()
    for (const { inbox } of this.#waiting.clear()) this.#tell(inbox, statuses.consumerDeleted)
  }

  /** The only cluster node with this consumer is lost: the consumer is known, but does not answer. */
  lose(): void {
    this.#stopTimers()
    this.#waiting.clear()
    this.#isLost = true
  }

  /** The server is killed. @param share the share of unwritten changes that is lost, from 0 to 1 */
  kill(share: number): void {
    this.#stopTimers()
    this.#waiting.clear()
    this.#unwritten.undo(share)
  }

  /** The server has started again. */
  resume(): void {
    if (this.#isLost) return
    this.#deliveries?.restart()
    this.#watchAcks()
    this.#watchUse()
  }

  #take(request: PullRequest): void {
    this.#waiting.add(request)
    this.#deliver()
    if (request.missing === 0) return
    if (request.noWait) {
      this.#tell(request.inbox, statuses.noMessages)
      this.#waiting.remove(request)
    } else this.#waiting.watch(request)
  }

  #deliver(): void {
    for (;;) {
      const request = this.#waiting.next()
      const message = request === undefined ? undefined : (this.#nextAgain() ?? this.#nextNew())
      if (request === undefined || message === undefined) return
      this.#send(request, message)
    }
  }

  #send(request: PullRequest, message: StoredMessage): void {
    const now = this.#host.now()
    this.#consumerSeq += 1
    this.#lastActive = now
    const times = this.#deliveries?.delivered(message.seq, this.#consumerSeq, now) ?? 1
    if (times === 1) {
      if (this.#deliveries !== null) this.#unwritten.add(this.#undoOf(message.seq, this.#deliveries))
      this.#streamSeq = message.seq
    }
    const address = `$JS.ACK.${this.#stream.config.name}.${this.config.name}.${times}.${message.seq}`
    const reply = `${address}.${this.#consumerSeq}.${nanosOf(message.time)}.${this.#cursor.pending}`
    const { subject, headerBytes: headers, data } = message
    this.#host.send(request.inbox, { subject, reply, headers, data })
    this.#waiting.served(request)
    this.#watchAcks()
  }

  #nextAgain(): StoredMessage | undefined {
    for (let seq = this.#deliveries?.takeAgain(); seq !== undefined; seq = this.#deliveries?.takeAgain()) {
      const message = this.#stream.get(seq)
      if (message !== undefined) return message
      this.#deliveries?.settle(seq)
    }
    return undefined
  }

  #nextNew(): StoredMessage | undefined {
    const { max_ack_pending: openMax = 0 } = this.config
    if (this.#deliveries !== null && openMax > 0 && this.#deliveries.size >= openMax) return undefined
    return this.#cursor.take()
  }

  /** Returns a function that undoes the delivery of a new message. */
  #undoOf(seq: number, deliveries: Deliveries): () => void {
    const before = { consumerSeq: this.#consumerSeq - 1, streamSeq: this.#streamSeq }
    return () => {
      deliveries.settle(seq)
      this.#cursor.giveBack(seq)
      this.#consumerSeq = before.consumerSeq
      this.#streamSeq = before.streamSeq
    }
  }

  #tell(inbox: string, headers: Uint8Array): void {
    this.#host.send(inbox, { subject: inbox, reply: '', headers, data: NO_BYTES })
  }

  /**
   * One timer for all deliveries without ack. Elapsed time is measured by the server's clock, as in the real server: if
   * that clock steps back, a redelivery is late by the step.
   */
  #watchAcks(): void {
    const deliveries = this.#deliveries
    if (deliveries === null || deliveries.size === 0 || this.#ackTimer !== null) return
    this.#lookAtAcksIn(deliveries.markOverdue(this.#host.now()), deliveries)
  }

  /** Restarts the timer, because something is due earlier. */
  #restartAckTimer(): void {
    if (this.#ackTimer !== null) clearTimeout(this.#ackTimer)
    this.#ackTimer = null
    this.#watchAcks()
  }

  #lookAtAcksIn(waitMs: number, deliveries: Deliveries): void {
    const look = () => {
      this.#ackTimer = null
      const nextMs = deliveries.markOverdue(this.#host.now())
      this.#deliver()
      if (deliveries.size > 0 && this.#ackTimer === null) this.#lookAtAcksIn(nextMs, deliveries)
    }
    this.#ackTimer = setTimeout(() => this.#host.turn(look), Math.max(1, Math.ceil(waitMs)))
  }

  #watchUse(): void {
    if (!isEphemeral(this.config)) return
    const thresholdMs = Math.max(1, Math.ceil(millis(this.config.inactive_threshold ?? 0)))
    const look = () => {
      this.#waiting.removeDeserted()
      const leftMs = thresholdMs - (performance.now() - this.#usedMs)
      if (this.#waiting.size > 0) lookIn(thresholdMs)
      else if (leftMs > 0) lookIn(Math.ceil(leftMs))
      else this.#host.expire()
    }
    const lookIn = (ms: number) => {
      this.#idleTimer = setTimeout(() => this.#host.turn(look), ms)
    }
    lookIn(thresholdMs)
  }

  #stopTimers(): void {
    if (this.#ackTimer !== null) clearTimeout(this.#ackTimer)
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer)
    this.#ackTimer = null
    this.#idleTimer = null
  }
}
