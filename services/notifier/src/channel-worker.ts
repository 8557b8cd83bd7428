import { setTimeout as delay } from 'node:timers/promises'
import { type ChannelHealth, type Telling, tellingId } from '@drawbridge/contracts'
import { aborted, type Logger } from '@drawbridge/service-kit'
import type { Channel, Outgoing, WaitedFor } from './channels/channel.ts'
import { secretFault, secretMark } from './channels/secret-file.ts'
import type { Part } from './core/incidents.ts'
import { type Allowance, allowanceAt, becomesDigest, DIGEST_MAX, fullAllowance, spend, waitMs } from './core/pace.ts'
import { type Attempt, retryAfterMs } from './core/retry.ts'
import { digestOf, isWaitedFor, waitedForOf } from './core/text/digest.ts'
import { messageOf, plainTitleOf, type Reader } from './core/text/message.ts'
import type { KeptPlace } from './inbound/kept-place.ts'
import { LeftRecipients } from './left-recipients.ts'
import type { NotifierMetrics } from './notifier-metrics.ts'
import type { AlertStore } from './outbound/alert-store.ts'
import { ToldHealth } from './told-health.ts'
import { KEEP_EVERY_MS, recordOf, type Waiting, waitingOf } from './waiting.ts'

export interface WorkerParts {
  readonly channel: Channel
  readonly place: Pick<KeptPlace, 'open' | 'take' | 'waiting'>
  readonly store: Pick<AlertStore, 'record' | 'isRecorded' | 'tellHealth'>
  readonly reader: Omit<Reader, 'escape'>
  /** By which a reader of the channel acknowledges what it is told at a time; null: by no link. */
  readonly linkOf: (telling: Telling, now: number) => string | null
  /** What an earlier notifier told last of the channel; absent: nothing. */
  readonly told?: ChannelHealth | undefined
  readonly metrics: NotifierMetrics
  readonly log: Logger
  readonly now: () => number
}

/** What is older says nothing any more. */
const GIVE_UP_MS = 24 * 3_600_000
/** A process has to stop within ten seconds. */
const ANSWERS_AT_END_MS = 3_000
/** So many alerts of a digest have a button. */
const BUTTONS_MAX = 10
const LOOK_EVERY_MS = 2_000
const RECORDS_AT_A_TIME = 64

/** Sends what waits for one channel, in order, as fast as the channel may be used. Knows nothing of other channels. */
export class ChannelWorker {
  readonly #parts: WorkerParts
  readonly #reader: Reader
  readonly #left: LeftRecipients
  readonly #health: ToldHealth
  #allowance: Allowance
  #lacksSecret = false

  constructor(parts: WorkerParts) {
    this.#parts = parts
    const { channel, now } = parts
    this.#reader = { ...parts.reader, escape: channel.escape, escapeLink: channel.escapeLink, textMax: channel.textMax }
    this.#allowance = fullAllowance(channel.config, now())
    this.#left = new LeftRecipients({
      send: (outgoing, signal) => this.#send(outgoing, signal),
      isTooOld: ({ tellings }) => tellings.every((telling) => this.#isTooOld(telling)),
      finish: ({ waiting, result, attempts, outgoing }) => this.#finish(waiting, result, attempts, outgoing.maybeTwice),
      now,
    })
    this.#health = new ToldHealth({ ...parts, channel: channel.config })
  }

  get health(): ChannelHealth {
    return this.#health.value
  }

  /** The channel may send well while nobody hears who taps there. @param reason why that lasts; null: it is over */
  setUnheard(reason: string | null): Promise<void> {
    return this.#health.setUnheard(reason)
  }

  /**
   * Runs until the signal aborts.
   * @param works called whenever it has looked for messages
   * @throws if NATS does not answer; the caller runs it again
   */
  async run(signal: AbortSignal, works: () => void = () => undefined): Promise<void> {
    await this.#health.tell()
    await this.#lookAtSecrets()
    await this.#parts.place.open(signal)
    const endKeeping = this.#left.keep()
    try {
      while (!signal.aborted) {
        if (this.#lacksSecret) await this.#lookAtSecrets()
        if (!(await this.#mayPass(signal))) return
        const waiting = await this.#take(signal)
        works()
        if (waiting.length > 0) await this.#deliver(waiting, signal)
        await this.#left.tryDue(signal)
      }
    } finally {
      endKeeping()
    }
  }

  /** A secret that is missing is known before the first message needs it, and that it is there before the next one does. */
  async #lookAtSecrets(): Promise<void> {
    const fault = secretFault(this.#parts.channel.config)
    if (fault !== null && !this.#lacksSecret) await this.#setFailing(fault)
    if (fault === null && this.#lacksSecret) await this.#health.secretIsThere()
    this.#lacksSecret = fault !== null
  }

  /** Waits until the pace allows a message. */
  async #mayPass(signal: AbortSignal): Promise<boolean> {
    const { channel, now } = this.#parts
    this.#allowance = allowanceAt(this.#allowance, channel.config, now())
    await rest(waitMs(this.#allowance, channel.config), signal)
    this.#allowance = allowanceAt(this.#allowance, channel.config, now())
    return !signal.aborted
  }

  /** One notice; if more than a few wait behind it, as many as one digest tells. */
  async #take(signal: AbortSignal): Promise<readonly Waiting[]> {
    const { place, store } = this.#parts
    const first = await place.take(1, signal)
    const behind = first[0]?.pending ?? 0
    const more = becomesDigest(behind + 1) ? await place.take(Math.min(behind, DIGEST_MAX - 1), signal) : []
    const read = [...first, ...more].map(waitingOf)
    const fresh: Waiting[] = []
    for (let at = 0; at < read.length; at += RECORDS_AT_A_TIME) {
      const some = read.slice(at, at + RECORDS_AT_A_TIME)
      const known = await Promise.all(some.map(({ id }) => store.isRecorded(id)))
      some.forEach((one, index) => {
        if (known[index] === true) one.delivered.ack()
        else if (!this.#left.has(one)) fresh.push(one)
      })
    }
    this.#health.setWaiting(fresh.length + ([...first, ...more].at(-1)?.pending ?? 0))
    return fresh
  }

  async #deliver(waiting: readonly Waiting[], signal: AbortSignal): Promise<void> {
    const tooOld = waiting.filter(({ telling }) => this.#isTooOld(telling))
    const fresh = waiting.filter((one) => !tooOld.includes(one))
    if (tooOld.length > 0) await this.#finish(tooOld, { kind: 'refused', reason: 'it is older than a day' }, 0, false)
    if (fresh.length === 0) return
    const keeping = setInterval(() => {
      for (const { delivered } of fresh) delivered.keep()
    }, KEEP_EVERY_MS)
    try {
      for (const part of this.#partsOf(fresh)) {
        if (signal.aborted) return
        await this.#tryUntilOver(part, signal)
        await rest(this.#parts.channel.betweenMs ?? 0, signal)
      }
    } finally {
      clearInterval(keeping)
    }
  }

  /** The messages that notices become. */
  #partsOf(waiting: readonly Waiting[]): readonly (Part & { readonly waiting: readonly Waiting[] })[] {
    const { channel } = this.#parts
    const tellings = waiting.map(({ telling }) => telling)
    const room = Math.max(1, Math.floor(this.#allowance.left))
    const parts = channel.partsOf?.(tellings, room) ?? [{ tellings, completes: tellings, isFree: false }]
    const byTelling = new Map(waiting.map((one) => [one.telling, one]))
    return parts.map((part) => ({ ...part, waiting: part.completes.flatMap((one) => byTelling.get(one) ?? []) }))
  }

  async #tryUntilOver(
    { tellings, waiting, isFree }: Part & { readonly waiting: readonly Waiting[] },
    signal: AbortSignal,
  ): Promise<void> {
    const { channel, metrics, now } = this.#parts
    // Somebody had it before us, and may have sent it before it ended.
    let maybeTwice = waiting.some(({ delivered }) => delivered.deliveries > 1)
    for (let failures = 1; !signal.aborted; failures += 1) {
      const outgoing = this.#outgoing(tellings, maybeTwice)
      const attempt = await this.#send(outgoing, signal)
      if (attempt === null) return
      const mayHaveCome = attempt.kind === 'sent' || (attempt.kind === 'failed' && attempt.maybeSent)
      if (mayHaveCome && !isFree) this.#allowance = spend(this.#allowance)
      if (attempt.kind === 'sent' && attempt.left !== undefined) {
        const missed = `recipients who are refused for now, and tried again: ${attempt.left.length}`
        this.#health.setSent(attempt.missed ?? missed)
        await this.#health.tell()
        await this.#left.add({ outgoing, waiting, attempts: failures, result: attempt })
        return
      }
      if (attempt.kind === 'sent' || attempt.kind === 'refused') {
        await this.#finish(waiting, attempt, failures, maybeTwice)
        return
      }
      metrics.failed.inc(channel.config.name)
      maybeTwice ||= attempt.kind === 'failed' && attempt.maybeSent
      await this.#setFailing(attempt)
      if (tellings.every((telling) => this.#isTooOld(telling))) {
        const reason = `it is older than a day, and could not be sent: ${attempt.reason}`
        await this.#finish(waiting, { kind: 'refused', reason }, failures, maybeTwice)
        return
      }
      await this.#restBeforeRetry(retryAfterMs(attempt, failures), signal)
      this.#allowance = allowanceAt(this.#allowance, channel.config, now())
    }
  }

  /** A new secret ends it, and how much waits is told meanwhile. */
  async #restBeforeRetry(ms: number, signal: AbortSignal): Promise<void> {
    const { channel } = this.#parts
    const before = secretMark(channel.config)
    for (let left = ms; left > 0 && !signal.aborted; left -= LOOK_EVERY_MS) {
      await rest(Math.min(left, LOOK_EVERY_MS), signal)
      if (secretMark(channel.config) !== before) return
      const waiting = await this.#countWaiting()
      if (waiting === this.health.waiting) continue
      this.#health.setWaiting(waiting)
      await this.#health.tell()
    }
  }

  /** Null: it was on its way when the notifier ended. The next one sends it again, and says so. */
  #send(outgoing: Outgoing, signal: AbortSignal): Promise<Attempt | null> {
    const { channel, log } = this.#parts
    const sending = channel.send(outgoing).catch((error: unknown): Attempt => {
      log.error({ err: error, channel: channel.config.name }, 'sending a message broke')
      return { kind: 'failed', reason: 'a fault of the notifier, which its log has', afterMs: null, maybeSent: true }
    })
    return Promise.race([sending, endOf(signal)])
  }

  #outgoing(tellings: readonly Telling[], maybeTwice: boolean): Outgoing {
    const [only] = tellings
    const isAlone = tellings.length === 1 && only !== undefined
    const now = this.#parts.now()
    const acknowledgeLink = isAlone && isWaitedFor(only) ? this.#parts.linkOf(only, now) : null
    const message = isAlone
      ? messageOf({ ...only, acknowledgeLink }, this.#reader, maybeTwice)
      : digestOf(tellings, this.#reader, maybeTwice)
    const id = only === undefined ? '' : tellingId(only)
    const waitedFor = isAlone
      ? []
      : waitedForOf(tellings)
          .slice(0, BUTTONS_MAX)
          .map((telling) => this.#button(telling, now))
    const sent = { message, tellings, maybeTwice, acknowledgeLink, waitedFor, now }
    return { id: isAlone ? id : `${id}+${tellings.length - 1}`, ...sent }
  }

  #button(telling: Telling, now: number): WaitedFor {
    return { telling, title: plainTitleOf(telling, this.#parts.reader), link: this.#parts.linkOf(telling, now) }
  }

  /** Records what became of them, then acknowledges: a process that ends in between sends again, and says so. */
  async #finish(
    waiting: readonly Waiting[],
    attempt: Extract<Attempt, { kind: 'sent' | 'refused' }>,
    attempts: number,
    maybeTwice: boolean,
  ): Promise<void> {
    const { store, metrics, channel, log, now } = this.#parts
    const { name } = channel.config
    const isSent = attempt.kind === 'sent'
    for (let at = 0; at < waiting.length; at += RECORDS_AT_A_TIME) {
      const some = waiting.slice(at, at + RECORDS_AT_A_TIME)
      await Promise.all(
        some.map((one) =>
          store.record({
            ...recordOf(one),
            outcome: isSent ? 'sent' : 'gave-up',
            at: now(),
            attempts,
            maybeTwice,
            together: waiting.length,
            detail: isSent ? attempt.id : attempt.reason,
          }),
        ),
      )
      for (const { delivered } of some) delivered.ack()
    }
    if (isSent) {
      metrics.sent.inc(name)
      metrics.told.inc(name, waiting.length)
      this.#health.setSent(attempt.missed ?? null)
    } else {
      metrics.gaveUp.inc(name, waiting.length)
      // What it never tried says nothing of it.
      if (attempts > 0) this.#health.setLost(attempt.reason)
      log.warn({ channel: name, notices: waiting.length, reason: attempt.reason }, 'gave up a message')
    }
    this.#health.setWaiting(Math.max(0, this.health.waiting - waiting.length))
    await this.#health.tell()
  }

  /** More comes while it is tried again. */
  async #setFailing(attempt: Extract<Attempt, { kind: 'failed' | 'shut-out' }>): Promise<void> {
    await this.#health.setFailing(attempt, await this.#countWaiting())
  }

  #countWaiting(): Promise<number> {
    return this.#parts.place.waiting().catch(() => this.health.waiting)
  }

  #isTooOld({ decidedAt }: Telling): boolean {
    return this.#parts.now() - decidedAt > GIVE_UP_MS
  }
}

/** Resolves when a notifier that ends waits no longer for an answer. */
async function endOf(signal: AbortSignal): Promise<null> {
  await aborted(signal)
  return delay(ANSWERS_AT_END_MS, null, { ref: false })
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined)
}
