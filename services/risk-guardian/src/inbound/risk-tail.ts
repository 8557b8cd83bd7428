import { streams } from '@drawbridge/contracts'
import { Backoff, type Follower, type FollowOptions, followStream, type StreamMessage } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import type { NatsConnection } from '@nats-io/transport-node'

interface RiskTailOptions {
  readonly connection: NatsConnection
  readonly stopping: AbortSignal
  readonly log: Logger
  /** Called when the server has been asked for the first messages, before it answers. */
  readonly onAsked?: (() => void) | undefined
  /** Called once if nothing can be heard any more. */
  readonly onLost: (error: Error) => void
}

/** Takes every message that is heard, in stream order. If it throws, nothing more is heard. */
interface TailReader {
  take(message: StreamMessage): void
}

/**
 * The risk log as it grows. It can rest while only this guardian writes: the log then consists of the guardian's own
 * events, and a hole in their sequences is an event of somebody else. So what is written need not be read.
 */
export class RiskTail {
  readonly #options: RiskTailOptions
  #reader: TailReader = { take: () => undefined }
  #follower: Follower | null = null
  #caughtUp = false
  #resting = false
  /** Every message up to this stream sequence has been heard, or is our own. */
  #known = 0
  /** Sequences of own events beyond that. */
  readonly #own = new Set<number>()
  /** Where a hole began at the last look; null: there was no hole. */
  #hole: number | null = null

  constructor(options: RiskTailOptions) {
    this.#options = options
    options.stopping.addEventListener('abort', () => this.#follower?.stop())
  }

  get resting(): boolean {
    return this.#resting
  }

  /** Hears the newest message of each subject, resolves once that is done, and hears on. Safe to repeat. */
  async start(reader: TailReader): Promise<void> {
    this.#follower?.stop()
    this.#reader = reader
    await this.#follow('last-per-subject')
  }

  /** An own event was stored at this stream sequence. */
  isOwn(seq: number): void {
    if (seq <= this.#known) return
    this.#own.add(seq)
    if (this.#resting) this.#advance()
  }

  /** Hears nothing more until {@link goOn}; only if nothing but own events is outstanding. */
  rest(): void {
    if (this.#resting || !this.#caughtUp) return
    // An event that is dropped here and is not our own leaves a hole before our next one.
    this.#advance()
    if (this.#own.size > 0) return
    this.#resting = true
    this.#hole = null
    this.#follower?.stop()
  }

  /** To be called regularly: hears on if a hole does not close. */
  look(): void {
    if (!this.#resting) return
    const hole = this.#own.size > 0 ? this.#known : null
    if (hole !== null && hole === this.#hole) this.goOn()
    this.#hole = hole
  }

  /** Hears on, from the first event whose author is not known. */
  goOn(): void {
    if (!this.#resting) return
    this.#resting = false
    this.#followOn().catch(this.#options.onLost)
  }

  async #followOn(): Promise<void> {
    const { stopping, log } = this.#options
    const backoff = new Backoff(50, 2_000)
    while (!stopping.aborted) {
      try {
        await this.#follow({ from: this.#known + 1 })
        return
      } catch (error) {
        log.warn({ err: error }, 'the risk log cannot be followed; trying again')
        await backoff.wait(stopping)
      }
    }
  }

  /** Resolves when all that the log held at first has been heard. */
  async #follow(start: FollowOptions['start']): Promise<void> {
    const { connection, onAsked, stopping, onLost } = this.#options
    this.#caughtUp = false
    const follower = await followStream(connection, {
      stream: streams.risk,
      start,
      onAsked,
      onMessage: (message) => {
        this.#reader.take(message)
        this.#known = Math.max(this.#known, message.seq)
        this.#own.delete(message.seq)
      },
      onLost,
    })
    this.#follower = follower
    if (stopping.aborted) follower.stop()
    await follower.caughtUp
    this.#caughtUp = true
  }

  #advance(): void {
    while (this.#own.delete(this.#known + 1)) this.#known += 1
  }
}
