import { streams } from '@drawbridge/contracts'
import {
  connectNats,
  eventHeaders,
  type Follower,
  followStream,
  HeaderBlock,
  type StreamMessage,
} from '@drawbridge/nats'
import { createLogger } from '@drawbridge/service-kit'
import { type JetStreamClient, jetstream } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { OlderJudge } from './older-rules.ts'

const log = createLogger('older guardian', 'silent')

/** A guardian of older rules that writes a log from its first input on, by the protocol of today, one event at a time. */
export class OlderGuardian {
  readonly #connection: NatsConnection
  readonly #client: JetStreamClient
  readonly #judge = new OlderJudge()
  readonly #lastSeqs = new Map<string, number>()
  #follower: Follower | null = null
  #work: Promise<void> = Promise.resolve()
  #stopped = false
  #settled = 0

  private constructor(connection: NatsConnection) {
    this.#connection = connection
    this.#client = jetstream(connection, { timeout: 5_000 })
  }

  static async start(url: string): Promise<OlderGuardian> {
    const guardian = new OlderGuardian(await connectNats(url, 'older guardian', log))
    guardian.#follower = await followStream(guardian.#connection, {
      stream: streams.inputs,
      start: { from: 1 },
      onMessage: (message) => {
        guardian.#work = guardian.#work.then(() => guardian.#take(message))
      },
      onLost: () => undefined,
    })
    return guardian
  }

  /** The watermark: every input up to this stream sequence is decided and its event stored. */
  get settled(): number {
    return this.#settled
  }

  /** Decides no more. @throws where the log did not take an event */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#follower?.stop()
    await this.#work
    await this.#connection.close()
  }

  async #take(message: StreamMessage): Promise<void> {
    if (this.#stopped) return
    const { seq, subject, data: payload, time } = message
    const event = this.#judge.take({ subject, seq, time, payload, traceparent: '' })
    if (event !== null) {
      const lastSeq = this.#lastSeqs.get(event.logSubject) ?? 0
      const headers = new HeaderBlock(eventHeaders(event.logSubject, lastSeq, this.#settled, 'older-guardian', ''))
      const ack = await this.#client.publish(event.subject, event.payload, { headers })
      this.#lastSeqs.set(event.logSubject, ack.seq)
    }
    this.#settled = seq
  }
}
