import { headerNames, streams, subjects, type TraderCommand, type TraderId, toJsonBytes } from '@drawbridge/contracts'
import { connectNats, followStream, requireStreams } from '@drawbridge/nats'
import { Guardian } from '@drawbridge/risk-guardian'
import { createLogger, Lifecycle, MetricRegistry } from '@drawbridge/service-kit'
import { eventually, freshStreams, infrastructure, type ServiceProcess, spawnService } from '@drawbridge/testing'
import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { headers, type NatsConnection } from '@nats-io/transport-node'
import { expect } from 'vitest'
import { type Judged, judgeOffline, type Kept } from './judge-offline.ts'

const log = createLogger('test', 'silent')
const IN_FLIGHT_MAX = 1_000

/** A guardian in this process, with a connection of its own. */
export interface RunningGuardian {
  readonly guardian: Guardian
  readonly name: string
  /** The errors that ended it. */
  readonly failures: readonly Error[]
  readonly metric: (name: string) => Promise<number>
  readonly stop: () => Promise<void>
}

/** Settings of one guardian; by default as in production. */
export interface Settings {
  readonly leaseMs?: number
  /** 0: it never waits for others, so that they race. */
  readonly takeoverMs?: number
  /** 0: every event is read only when its trader is needed. */
  readonly readAtOnce?: number
  /** So many inputs of a trader wait: their events are stored in batches. */
  readonly batchFrom?: number
}

export interface Publish {
  readonly subject: string
  readonly payload: Uint8Array
  readonly traceparent?: string
}

export function tick(trader: TraderId, equity: number | string, more: object = {}): Publish {
  return { subject: subjects.tick(trader), payload: toJsonBytes({ equity, ...more }) }
}

export function command(name: TraderCommand, trader: TraderId, fields: object = {}): Publish {
  return { subject: subjects.control(name, trader), payload: toJsonBytes(fields) }
}

export function flags(fields: object): Publish {
  return { subject: subjects.controlFlags, payload: toJsonBytes(fields) }
}

export function limits(fields: object): Publish {
  return { subject: subjects.controlLimits, payload: toJsonBytes(fields) }
}

/** Fresh streams, and the steps of the tests of the guardian. */
export class Scene {
  readonly url: string
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly #client: JetStreamClient
  readonly #running: RunningGuardian[] = []
  #names = 0

  private constructor(url: string, connection: NatsConnection, manager: JetStreamManager) {
    this.url = url
    this.connection = connection
    this.manager = manager
    this.#client = jetstream(connection, { timeout: 10_000 })
  }

  /** Input 1 sets the flags, input 2 limits of 5 % a day and 20 % in total, unless `settings` say otherwise. */
  static async open(settings: object = {}, url = infrastructure().natsUrl): Promise<Scene> {
    const connection = await connectNats(url, 'test', log)
    const scene = new Scene(url, connection, await jetstreamManager(connection, { timeout: 2_000 }))
    await scene.recreateStreams(settings)
    return scene
  }

  async recreateStreams(settings: object = {}): Promise<void> {
    const limits = { max_daily_loss: 5, max_drawdown: 20, stop_trading_minutes: 30 }
    await freshStreams(this.connection, { limits, ...settings })
  }

  async close(): Promise<void> {
    for (const running of this.#running) await running.stop()
    await this.connection.close()
  }

  /** Starts a guardian in this process; resolves when it is ready to decide. */
  async start({ leaseMs = 10_000, ...settings }: Settings = {}): Promise<RunningGuardian> {
    this.#names += 1
    const name = `guardian-${this.#names}`
    const lifecycle = new Lifecycle(log)
    const failures: Error[] = []
    lifecycle.fail = (error) => {
      failures.push(error)
      void lifecycle.stop()
    }
    const connection = await connectNats(this.url, name, log)
    lifecycle.onStop('connection', () => connection.close())
    const registry = new MetricRegistry()
    const metric = async (metricName: string) => {
      const { values = [] } = (await registry.getSingleMetric(metricName)?.get()) ?? {}
      return values.reduce((sum, { value }) => sum + value, 0)
    }
    try {
      await requireStreams(connection, [streams.inputs, streams.risk, streams.rejects])
      const manager = await jetstreamManager(connection, { timeout: 2_000, checkAPI: false })
      const guardian = new Guardian({ connection, manager, name, leaseMs, ...settings, lifecycle, registry, log })
      const running = { guardian, name, failures, metric, stop: () => lifecycle.stop() }
      this.#running.push(running)
      await guardian.start()
      return running
    } catch (error) {
      await lifecycle.stop()
      throw error
    }
  }

  /** Starts a guardian as a process, which can be killed. */
  spawn(env: Readonly<Record<string, string>> = {}): ServiceProcess {
    return spawnService('risk-guardian', { NATS_URL: this.url, LOG_LEVEL: 'error', ...env })
  }

  /** Puts inputs into the log, in this order. Returns the sequence of the last. */
  async put(...inputs: readonly Publish[]): Promise<number> {
    let last = 0
    for (let from = 0; from < inputs.length; from += IN_FLIGHT_MAX) {
      const some = inputs.slice(from, from + IN_FLIGHT_MAX)
      const acks = await Promise.all(
        some.map(({ subject, payload, traceparent }) => {
          if (traceparent === undefined) return this.#client.publish(subject, payload)
          const carried = headers()
          carried.set(headerNames.traceparent, traceparent)
          return this.#client.publish(subject, payload, { headers: carried })
        }),
      )
      last = acks.at(-1)?.seq ?? last
    }
    return last
  }

  /** All messages of a stream. */
  async read(stream: string): Promise<Kept[]> {
    const kept: Kept[] = []
    const follower = await followStream(this.connection, {
      stream,
      start: { from: 1 },
      onMessage: (message) => {
        kept.push({
          seq: message.seq,
          subject: message.subject,
          time: message.time,
          payload: message.data,
          header: (name) => message.headers?.get(name) ?? '',
        })
      },
      onLost: () => undefined,
    })
    await follower.caughtUp
    follower.stop()
    return kept
  }

  /** The rejected inputs: REJECTS without the notes that guardians write at their start. */
  async rejects(): Promise<Kept[]> {
    return (await this.read(streams.rejects)).filter(({ subject }) => subject !== subjects.attempts)
  }

  async lastSeq(stream: string): Promise<number> {
    return (await this.manager.streams.info(stream)).state.last_seq
  }

  /** Waits until all present inputs are settled. */
  async settled({ guardian, failures }: RunningGuardian, timeoutMs = 30_000): Promise<void> {
    const end = await this.lastSeq(streams.inputs)
    await eventually(() => failures.length > 0 || guardian.settled >= end, {
      timeoutMs,
      what: `input ${end} to be settled`,
    })
    expect(failures).toEqual([])
  }

  /** The events of one trader, oldest first. */
  async eventsOf(trader: TraderId): Promise<Record<string, unknown>[]> {
    const kept = await this.read(streams.risk)
    return kept.filter(({ subject }) => subject.endsWith(`.${trader}`)).map(({ payload }) => json(payload))
  }

  /**
   * Compares RISK and REJECTS with an offline judgement of all inputs: the same events byte for byte, each once, in order.
   * No event may say that inputs are settled whose events the log did not have yet.
   */
  async expectSameAsOffline(): Promise<Judged> {
    const judged = judgeOffline(await this.read(streams.inputs))
    const log = (await this.read(streams.risk)).filter(({ subject }) => subject !== subjects.config('settled'))
    const text = ({ payload }: Kept) => new TextDecoder().decode(payload)
    const byTrader = <T extends { readonly subject: string }>(events: readonly T[]) =>
      Map.groupBy(events, ({ subject }) => subject.slice(subject.indexOf('.', 'risk.'.length)))
    const expected = byTrader(judged.events)
    const held = byTrader(log)
    expect([...held.keys()].sort()).toEqual([...expected.keys()].sort())
    for (const [trader, events] of expected) {
      const stored = held.get(trader) ?? []
      expect(stored.map((event) => [event.subject, text(event)])).toEqual(
        events.map((event) => [event.subject, event.text]),
      )
    }
    expectSettledIsStored(judged, log)
    const rejects = await this.rejects()
    const rejected = rejects.map(({ header }) => Number(header(headerNames.rejectSequence)))
    expect(rejected.sort((a, b) => a - b)).toEqual([...judged.rejected].sort((a, b) => a - b))
    return judged
  }
}

export function json(payload: Uint8Array): Record<string, unknown> {
  return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>
}

/** No event of the log may say that an input is settled before the log has its events. */
function expectSettledIsStored({ events }: Judged, log: readonly Kept[]): void {
  const waiting = new Map<string, number>()
  for (const { text, inputSeq } of events) waiting.set(text, inputSeq)
  const order = [...events].sort((a, b) => a.inputSeq - b.inputSeq)
  let oldest = 0
  const tooEarly: unknown[] = []
  for (const { seq, payload, header } of log) {
    while (order[oldest] !== undefined && !waiting.has(order[oldest]?.text ?? '')) oldest += 1
    const notStored = order[oldest]?.inputSeq ?? Number.POSITIVE_INFINITY
    const settled = Number(header(headerNames.settled))
    if (settled >= notStored) tooEarly.push({ seq, settled, notStored })
    waiting.delete(new TextDecoder().decode(payload))
  }
  expect(tooEarly).toEqual([])
}

/** Equities that change at random and sometimes breach limits; the same for the same seed. */
export function wander(seed: number): () => string {
  let state = seed >>> 0
  let equity = 1_000_00
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    equity = Math.max(100, equity + Math.floor((state / 2 ** 32 - 0.5) * 4_000))
    return (equity / 100).toFixed(2)
  }
}
