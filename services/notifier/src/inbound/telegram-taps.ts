import { setTimeout as delay } from 'node:timers/promises'
import type { NotifyCommand } from '@drawbridge/contracts'
import { aborted, type Logger } from '@drawbridge/service-kit'
import { alertDigest } from '../channels/acknowledge-button.ts'
import { jsonOf } from '../channels/post.ts'
import { askTelegram, readTelegram, type TelegramConfig } from '../channels/telegram.ts'
import { retryAfterMs } from '../core/retry.ts'
import { wordsOf } from '../core/text/message.ts'
import type { TelegramResumes } from './telegram-resumes.ts'

export interface TapParts {
  readonly config: TelegramConfig
  /** Alerts that go on, by trader token and key. */
  readonly openAlerts: () => readonly { readonly trader: string; readonly key: string }[]
  readonly send: (command: NotifyCommand) => Promise<void>
  /** Null: nobody may resume here. */
  readonly resumes: Pick<TelegramResumes, 'answer'> | null
  readonly log: Logger
}

/** The server holds a request open for so long while nobody taps. */
const POLL_SECONDS = 25
const UPDATES_MAX = 100

interface Tap {
  readonly id?: unknown
  readonly data?: unknown
  readonly from?: { readonly id?: unknown }
  readonly message?: { readonly chat?: { readonly id?: unknown } }
}
interface Said {
  readonly text?: unknown
  readonly from?: { readonly id?: unknown }
  readonly chat?: { readonly id?: unknown }
}
interface Update {
  readonly update_id?: unknown
  readonly callback_query?: Tap
  readonly message?: Said
}

/**
 * Hears who taps on a button of an alert, or resumes. Only people whose ids are configured are heard, and only in the chat that is: nobody,
 * if none is. Others get no answer, so that they do not even learn what the bot is for.
 */
export class TelegramTaps {
  readonly #parts: TapParts
  #offset = 0

  constructor(parts: TapParts) {
    this.#parts = parts
  }

  /** Runs until the signal aborts. Never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { config, resumes, log } = this.#parts
    if (config.users.length === 0) return
    for (let failures = 0; !signal.aborted; ) {
      const body = {
        offset: this.#offset,
        timeout: POLL_SECONDS,
        limit: UPDATES_MAX,
        allowed_updates: resumes === null ? ['callback_query'] : ['callback_query', 'message'],
      }
      const asking = askTelegram(config, 'getUpdates', body, (POLL_SECONDS + 10) * 1_000)
      const answer = await Promise.race([asking, aborted(signal)])
      if (answer === null) return
      const attempt = 'kind' in answer ? answer : readTelegram(answer)
      if (attempt.kind !== 'sent' || 'kind' in answer) {
        failures += 1
        const reason = attempt.kind === 'sent' ? '' : attempt.reason
        if (failures === 1) log.warn({ channel: config.name, reason }, 'taps on buttons are not heard; trying again')
        const again =
          attempt.kind === 'failed' || attempt.kind === 'shut-out' ? retryAfterMs(attempt, failures) : 60_000
        await delay(again, undefined, { signal }).catch(() => undefined)
        continue
      }
      failures = 0
      for (const update of (jsonOf(answer)?.result ?? []) as readonly Update[]) await this.#take(update)
    }
  }

  async #take({ update_id: id, callback_query: tap, message: said }: Update): Promise<void> {
    if (typeof id === 'number') this.#offset = Math.max(this.#offset, id + 1)
    if (tap !== undefined) await this.#takeTap(tap)
    if (said !== undefined) await this.#takeSaid(said)
  }

  /** Whatever else is said in the chat concerns nobody here. */
  async #takeSaid({ text, from, chat }: Said): Promise<void> {
    const { config, resumes } = this.#parts
    if (resumes === null || typeof text !== 'string' || typeof from?.id !== 'number') return
    if (String(chat?.id) !== config.chat) return
    const answer = await resumes.answer(from.id, text)
    if (answer !== null) await askTelegram(config, 'sendMessage', { chat_id: config.chat, text: answer })
  }

  async #takeTap(tap: Tap): Promise<void> {
    const { config, openAlerts, send, log } = this.#parts
    const user = tap.from?.id
    const isKnown = typeof user === 'number' && config.users.includes(user)
    if (!isKnown || String(tap.message?.chat?.id) !== config.chat) {
      log.warn({ channel: config.name, user }, 'a tap of somebody who may not acknowledge is ignored')
      return
    }
    const meant = openAlerts().find(({ trader, key }) => tap.data === `ack:${alertDigest(trader, key)}`)
    const by = `telegram:${user}`
    if (meant !== undefined) {
      const stored = await send({ kind: 'acknowledge', trader: meant.trader, alert: meant.key, by }).then(
        () => true,
        () => false,
      )
      // Without an answer the button says that it waits, and is tapped again.
      if (!stored) return
    }
    const words = wordsOf(config.language)
    const text = meant === undefined ? words.isOver : words.acknowledged.replace('{{by}}', by)
    await askTelegram(config, 'answerCallbackQuery', { callback_query_id: String(tap.id), text })
  }
}
