import { setTimeout as delay } from 'node:timers/promises'
import type { ChannelHealth } from '@drawbridge/contracts'
import { durables, notifierStreams, streams, subjects, type Telling } from '@drawbridge/contracts'
import { Backoff, hearPublished, isConsumerMissing, isStreamMissing } from '@drawbridge/nats'
import type { Logger } from '@drawbridge/service-kit'
import { DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { AlertDesk } from './alert-desk.ts'
import { ChannelWorker } from './channel-worker.ts'
import type { Channel } from './channels/channel.ts'
import type { AlertRules } from './core/alert-rules.ts'
import type { TraderSettings } from './core/notices-of-event.ts'
import type { Reader } from './core/text/message.ts'
import { commandPlace, takeCommand } from './inbound/commands.ts'
import { ConnectorReports, type ExpectedConnector } from './inbound/connector-reports.ts'
import { eventPlace, takeEvent } from './inbound/events.ts'
import { faultPlace, takeFault } from './inbound/faults.ts'
import { type Delivered, KeptPlace } from './inbound/kept-place.ts'
import { TelegramChat } from './inbound/telegram-chat.ts'
import { TelegramResumes } from './inbound/telegram-resumes.ts'
import { chatsByBot, TelegramUpdates } from './inbound/telegram-updates.ts'
import type { NotifierMetrics } from './notifier-metrics.ts'
import { AlertStore, type Remembered, TakenOverError } from './outbound/alert-store.ts'
import { sendCommand } from './outbound/command-sender.ts'
import type { Lease } from './outbound/lease.ts'
import { NoticeQueue } from './outbound/notice-queue.ts'
import type { Resumer } from './outbound/resumer.ts'

export interface NotifierParts {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly lease: Lease
  readonly channels: readonly Channel[]
  readonly rules: AlertRules
  readonly readerOf: (channel: Channel) => Omit<Reader, 'escape'>
  readonly linkOf: (channel: Channel) => (telling: Telling, now: number) => string | null
  readonly tagsOf: (trader: string) => readonly string[]
  readonly settingsOf: (trader: string) => TraderSettings
  readonly connectors: readonly ExpectedConnector[]
  /** Null: nobody may resume in a chat. */
  readonly resumer: Resumer | null
  readonly metrics: NotifierMetrics
  readonly log: Logger
  readonly now: () => number
  /** As in production if not given. */
  readonly ackWaitMs?: number | undefined
}

/** Messages of a stream that are handled one after another; more are not asked for meanwhile. */
const BATCH = 200
const TIME_EVERY_MS = 1_000
const LAG_EVERY_MS = 5_000

/** Carries what happens to the people who want to know, for ever. One of all notifiers works at a time. */
export class Notifier {
  readonly #parts: NotifierParts
  #wait: string | null = 'waits for its lease'
  #desk: AlertDesk | null = null
  #workers: readonly ChannelWorker[] = []
  /** What fails at present, and why. */
  readonly #failing = new Map<string, string>()

  constructor(parts: NotifierParts) {
    this.#parts = parts
  }

  /** Why it tells nobody; null: it does. A notifier that waits for another one is ready. */
  get wait(): string | null {
    return this.#wait
  }

  /** What of its work cannot be done, and why; null: it does all of it. */
  get failing(): string | null {
    const [first] = this.#failing
    return first === undefined ? null : `${first[0]}: ${first[1]}`
  }

  get counts(): AlertDesk['counts'] {
    return this.#desk?.counts ?? { open: 0, waiting: 0 }
  }

  get channels(): ReadonlyMap<string, ChannelHealth> {
    const { channels } = this.#parts
    return new Map(this.#workers.map((worker, at) => [channels[at]?.config.name ?? '', worker.health]))
  }

  /** Runs until the service stops. */
  async run(stopping: AbortSignal): Promise<void> {
    const { lease, metrics, log } = this.#parts
    while (!stopping.aborted) {
      const held = await lease.acquire(stopping)
      if (held === null) return
      log.info('this notifier works now')
      metrics.isActive.set(1)
      const over = AbortSignal.any([held.lost, stopping])
      try {
        await this.#work(over)
      } catch (error) {
        if (!(error instanceof TakenOverError)) throw error
      } finally {
        metrics.isActive.set(0)
        this.#desk = null
        this.#workers = []
        this.#failing.clear()
        this.#wait = 'waits for its lease'
        await held.release()
      }
      if (!stopping.aborted) log.warn('another notifier may work now; this one waits')
    }
  }

  async #work(over: AbortSignal): Promise<void> {
    const { connection, manager, channels, rules, readerOf, linkOf, tagsOf, metrics, log, now, ackWaitMs } = this.#parts
    const store = new AlertStore(connection, manager)
    const queue = new NoticeQueue(connection)
    const remembered = await this.#persist('the alerts are read', over, () => store.load())
    if (remembered === null) return
    await this.#persist('removed channels', over, () => this.#forgetRemoved(store, remembered))
    const desk = new AlertDesk({ store, queue, rules, tagsOf, now }, remembered)
    this.#desk = desk
    this.#workers = channels.map((channel) => {
      const place = this.#placeOf(channel.config.name)
      return new ChannelWorker({
        channel,
        place,
        store,
        reader: readerOf(channel),
        linkOf: linkOf(channel),
        told: remembered.channels.get(channel.config.name),
        metrics,
        log,
        now,
      })
    })
    const { logs } = remembered
    const events = eventPlace(connection, manager, now(), logs[streams.risk], ackWaitMs)
    const faults = faultPlace(connection, manager, now(), logs[streams.rejects], ackWaitMs)
    const commands = commandPlace(connection, manager, ackWaitMs)
    const names = channels.map(({ config }) => config.name)
    const ended = new AbortController()
    const signal = AbortSignal.any([over, ended.signal])
    const { settingsOf, resumer } = this.#parts
    const keepLog = (stream: string) => (created: string) => desk.readsLog(stream, created)
    const work = [
      this.#follow(
        'events',
        events,
        async (one) => {
          await takeEvent(one, { desk, created: events.created, settingsOf, metrics, log, now })
          resumer?.onEvent(one.message)
        },
        signal,
        keepLog(streams.risk),
      ),
      this.#follow('faults', faults, (one) => takeFault(one, desk, faults.created), signal, keepLog(streams.rejects)),
      this.#follow('commands', commands, (one) => takeCommand(one, { desk, queue, channels: names, log, now }), signal),
      ...this.#chats(desk).map((chats) => chats.run(signal)),
      this.#passTime(desk, signal),
      this.#hearConnectors(desk, signal),
      this.#watchLag(events, signal),
      ...this.#workers.map((worker, at) =>
        this.#persist(`channel ${names[at]}`, signal, (works) => worker.run(signal, works)),
      ),
    ]
    this.#wait = null
    try {
      await Promise.all(work)
    } finally {
      ended.abort()
      await Promise.allSettled(work)
    }
  }

  /** Nobody is shown a channel that settings name no more. */
  async #forgetRemoved(store: AlertStore, { channels: told }: Remembered): Promise<void> {
    const { channels, now, log } = this.#parts
    for (const [name, health] of told) {
      if (channels.some(({ config }) => config.name === name)) continue
      await store.tellHealth(name, { ...health, state: 'removed', since: now(), reason: null, waiting: 0 })
      log.info({ channel: name }, 'a channel is removed')
    }
  }

  #chats(desk: AlertDesk): readonly TelegramUpdates[] {
    const { connection, channels, resumer, rules, log, now } = this.#parts
    const workers = new Map(channels.map(({ config }, at) => [config.name, this.#workers[at]]))
    const chats = channels.flatMap(({ config }) => {
      if (config.kind !== 'telegram' || config.users.length === 0) return []
      const mayResume = resumer !== null && config.mayResume.length > 0
      return new TelegramChat({
        config,
        zone: rules.zone,
        resumes: mayResume ? new TelegramResumes({ config, resumer, log, now }) : null,
        openAlerts: () => desk.open,
        send: (command) => sendCommand(connection, command),
        log,
      })
    })
    const onUnheard = async (channel: string, reason: string | null) => workers.get(channel)?.setUnheard(reason)
    return chatsByBot(chats).map((ofOne) => new TelegramUpdates({ chats: ofOne, onUnheard, log }))
  }

  #placeOf(channel: string): KeptPlace {
    const { connection, manager, ackWaitMs } = this.#parts
    return new KeptPlace({
      connection,
      manager,
      stream: notifierStreams.notices,
      durable: durables.channel(channel),
      filter: subjects.noticesOf(channel),
      acks: 'each',
      description: `Messages for the channel ${channel}`,
      start: () => ({ deliver_policy: DeliverPolicy.All }),
      ackWaitMs,
    })
  }

  /** Handles messages one after another, and acks what is handled. */
  #follow(
    what: string,
    place: KeptPlace,
    handle: (one: Delivered) => Promise<void>,
    signal: AbortSignal,
    onOpen: (created: string) => Promise<void> = async () => undefined,
  ): Promise<unknown> {
    return this.#persist(what, signal, async (works) => {
      await place.open(signal)
      await onOpen(place.created)
      while (!signal.aborted) {
        const taken = await place.take(BATCH, signal)
        for (const one of taken) {
          if (signal.aborted) return
          await handle(one)
        }
        place.finish(taken)
        works()
      }
    })
  }

  #passTime(desk: AlertDesk, signal: AbortSignal): Promise<unknown> {
    return this.#persist('repetitions', signal, async (works) => {
      while (!signal.aborted) {
        await desk.passTime()
        works()
        await delay(TIME_EVERY_MS, undefined, { signal }).catch(() => undefined)
      }
    })
  }

  async #hearConnectors(desk: AlertDesk, signal: AbortSignal): Promise<void> {
    const { connection, connectors, now } = this.#parts
    const reports = new ConnectorReports(desk, connectors, now)
    const stop = hearPublished(connection, subjects.connectorReport('*'), (message) => reports.onReport(message))
    try {
      await this.#persist('faults of connectors', signal, async (works) => {
        while (!signal.aborted) {
          await reports.tell()
          works()
          await delay(TIME_EVERY_MS, undefined, { signal }).catch(() => undefined)
        }
      })
    } finally {
      stop()
    }
  }

  /** Without RISK, or a place in it, nobody knows how many events wait. */
  async #watchLag(place: KeptPlace, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waiting = await place.waiting().catch((error) => (isMissing(error) ? null : undefined))
      if (waiting !== undefined) this.#parts.metrics.lagEvents.set(waiting)
      await delay(LAG_EVERY_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  /**
   * Tries again while NATS does not answer.
   * @param run calls `works` whenever it has done something: then it fails no more
   * @returns null: it is over
   * @throws TakenOverError
   */
  async #persist<T>(what: string, signal: AbortSignal, run: (works: () => void) => Promise<T>): Promise<T | null> {
    const backoff = new Backoff(100, 5_000)
    while (!signal.aborted) {
      try {
        const done = await run(() => this.#failing.delete(what))
        this.#failing.delete(what)
        return done
      } catch (error) {
        if (signal.aborted) return null
        if (error instanceof TakenOverError) throw error
        this.#failing.set(what, error instanceof Error ? error.message : String(error))
        this.#parts.log.warn({ err: error, what }, 'NATS does not serve; trying again')
        await backoff.wait(signal)
      }
    }
    return null
  }
}

function isMissing(error: unknown): boolean {
  return isStreamMissing(error) || isConsumerMissing(error)
}
