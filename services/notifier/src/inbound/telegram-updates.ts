import { setTimeout as delay } from 'node:timers/promises'
import { aborted, type Logger } from '@drawbridge/service-kit'
import { type Answer, jsonOf } from '../channels/post.ts'
import { secretIn } from '../channels/secret-file.ts'
import { askTelegram, readTelegram, type TelegramConfig } from '../channels/telegram.ts'
import { type Attempt, retryAfterMs } from '../core/retry.ts'
import type { Said, Tap, TelegramChat } from './telegram-chat.ts'

export interface UpdateParts {
  /** Of one bot: a chat for each channel. */
  readonly chats: readonly TelegramChat[]
  /** Hears why a channel does not hear its readers, when that lasts; null: it hears them again. */
  readonly onUnheard: (channel: string, reason: string | null) => Promise<void>
  readonly log: Logger
  /** So many failures in a row last; as in production if not given. */
  readonly failuresThatLast?: number
}

/** The server holds a request open for so long while nobody taps. */
const POLL_SECONDS = 25
const UPDATES_MAX = 100
/** The first five take 31 s. */
const FAILURES_THAT_LAST = 6

interface Update {
  readonly update_id?: unknown
  readonly callback_query?: Tap
  readonly message?: Said
}

type Failure = Exclude<Attempt, { kind: 'sent' }>

/** Hears what people do in all chats of one bot: Telegram lets one program at a time ask for that. */
export class TelegramUpdates {
  readonly #parts: UpdateParts
  #offset = 0
  /** How commands name the bot; null: it was not asked yet. */
  #name: string | null = null

  constructor(parts: UpdateParts) {
    this.#parts = parts
  }

  /** Runs until the signal aborts. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { failuresThatLast = FAILURES_THAT_LAST } = this.#parts
    for (let failures = 0; !signal.aborted; ) {
      const failure = await Promise.race([this.#hear(), aborted(signal)])
      if (signal.aborted) return
      if (failure === null) {
        if (failures >= failuresThatLast) await this.#tell(null)
        failures = 0
        continue
      }
      failures += 1
      const { reason } = failure
      if (failures === 1)
        this.#parts.log.warn({ channels: this.#channels, reason }, 'chats are not heard; trying again')
      if (failures === failuresThatLast) await this.#tell(reason)
      const again = failure.kind === 'refused' ? 60_000 : retryAfterMs(failure, failures)
      await delay(again, undefined, { signal }).catch(() => undefined)
    }
  }

  get #channels(): readonly string[] {
    return this.#parts.chats.map(({ config }) => config.name)
  }

  async #tell(reason: string | null): Promise<void> {
    for (const channel of this.#channels) {
      await this.#parts.onUnheard(channel, reason).catch((error: unknown) => {
        this.#parts.log.warn({ err: error, channel }, 'the health of a channel could not be told')
      })
    }
  }

  /** Waits for what people do, and answers it. @returns why nothing was heard; null: it was */
  async #hear(): Promise<Failure | null> {
    const [chat] = this.#parts.chats
    if (chat === undefined) return null
    const hearsWhatIsSaid = this.#parts.chats.some((one) => one.hearsWhatIsSaid)
    if (hearsWhatIsSaid && this.#name === null) {
      const asked = await askBot(chat.config, 'getMe', {})
      if ('kind' in asked) return asked
      this.#name = String((asked.result as { readonly username?: unknown } | null)?.username ?? '')
    }
    const body = {
      offset: this.#offset,
      timeout: POLL_SECONDS,
      limit: UPDATES_MAX,
      allowed_updates: hearsWhatIsSaid ? ['callback_query', 'message'] : ['callback_query'],
    }
    const heard = await askBot(chat.config, 'getUpdates', body, (POLL_SECONDS + 10) * 1_000)
    if ('kind' in heard) return heard
    if (!Array.isArray(heard.result)) return NOT_TELEGRAM
    const before = this.#offset
    for (const update of heard.result as readonly unknown[]) await this.#takeSafely(update)
    // Else the same comes again at once, for ever.
    return heard.result.length > 0 && this.#offset === before ? NOT_TELEGRAM : null
  }

  /** What one person sends ends nothing for others. */
  async #takeSafely(update: unknown): Promise<void> {
    try {
      await this.#take(update as Update)
    } catch (error) {
      this.#parts.log.warn({ err: error }, 'skipping what cannot be read in a chat')
    }
  }

  async #take({ update_id: id, callback_query: tap, message: said }: Update): Promise<void> {
    if (typeof id === 'number') this.#offset = Math.max(this.#offset, id + 1)
    if (tap !== undefined) await this.#takeTap(tap)
    if (said !== undefined) {
      const chats = this.#chatsOf(said.chat?.id).filter((chat) => chat.hearsWhatIsSaid)
      const chat = chats.find(({ config }) => config.mayResume.includes(said.from?.id as number)) ?? chats[0]
      await chat?.takeSaid(said, this.#name)
    }
  }

  async #takeTap(tap: Tap): Promise<void> {
    const user = tap.from?.id
    const chats = this.#chatsOf(tap.message?.chat?.id)
    const chat = chats.find(({ config }) => typeof user === 'number' && config.users.includes(user))
    if (chat !== undefined) return chat.takeTap(tap)
    const channels = chats.map(({ config }) => config.name)
    this.#parts.log.warn({ channels, user }, 'a tap of somebody who may not acknowledge is ignored')
  }

  #chatsOf(id: unknown): readonly TelegramChat[] {
    return this.#parts.chats.filter(({ config }) => config.chat === String(id))
  }
}

const NOT_TELEGRAM: Failure = {
  kind: 'failed',
  reason: 'the answer is not that of Telegram',
  afterMs: null,
  maybeSent: false,
}

async function askBot(
  config: TelegramConfig,
  method: string,
  body: object,
  withinMs?: number,
): Promise<Failure | { readonly result: unknown }> {
  const answer: Answer | Failure = await askTelegram(config, method, body, withinMs)
  if ('kind' in answer) return answer
  const attempt = readTelegram(answer)
  return attempt.kind === 'sent' ? { result: jsonOf(answer)?.result } : attempt
}

/** The chats that share a bot: those with one token, whatever the files are called. */
export function chatsByBot(chats: readonly TelegramChat[]): readonly (readonly TelegramChat[])[] {
  const tokenOf = ({ config: { tokenFile } }: TelegramChat) => {
    const token = secretIn(tokenFile)
    return typeof token === 'string' ? token : tokenFile
  }
  return [...Map.groupBy(chats, (chat) => `${chat.config.apiUrl} ${tokenOf(chat)}`).values()]
}
