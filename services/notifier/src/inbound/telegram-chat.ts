import type { Acknowledgement, NotifyCommand } from '@drawbridge/contracts'
import type { Logger } from '@drawbridge/service-kit'
import type { OpenAlert } from '../alert-desk.ts'
import { alertButton } from '../channels/acknowledge-button.ts'
import { askTelegram, type TelegramConfig } from '../channels/telegram.ts'
import { acknowledgedBy, wordsOf } from '../core/text/message.ts'
import type { TelegramResumes } from './telegram-resumes.ts'

export interface ChatParts {
  readonly config: TelegramConfig
  /** Of the times that a reader is told. */
  readonly zone: string
  readonly openAlerts: () => readonly OpenAlert[]
  readonly send: (command: NotifyCommand) => Promise<void>
  /** Null: nobody may resume here. */
  readonly resumes: Pick<TelegramResumes, 'answer'> | null
  readonly log: Logger
}

export interface Tap {
  readonly id?: unknown
  readonly data?: unknown
  readonly from?: { readonly id?: unknown }
  readonly message?: { readonly chat?: { readonly id?: unknown } }
}
export interface Said {
  readonly text?: unknown
  readonly from?: { readonly id?: unknown }
  readonly chat?: { readonly id?: unknown }
}

/** What a tapped button means now. */
type Tapped =
  | { readonly kind: 'waits'; readonly alert: OpenAlert }
  /** Somebody has acknowledged it before. */
  | { readonly kind: 'known'; readonly by: Acknowledgement }
  /** Something worse, or something new, was told of it since. */
  | { readonly kind: 'newer' }
  | { readonly kind: 'over' }

const BUTTON = /^(ack:[\w-]+)(?::(\d+))?$/
/** Telegram takes no longer answer. */
const ANSWER_MAX = 200

/**
 * Answers who taps on a button of an alert, or resumes, in the chat of one channel. Only people whose ids are configured are heard:
 * nobody, if none is. Others get no answer, so that they do not even learn what the bot is for.
 */
export class TelegramChat {
  readonly #parts: ChatParts

  constructor(parts: ChatParts) {
    this.#parts = parts
  }

  get config(): TelegramConfig {
    return this.#parts.config
  }

  get hearsWhatIsSaid(): boolean {
    return this.#parts.resumes !== null
  }

  /** Whatever else is said in the chat concerns nobody here. @param bot how commands name our bot; null: nobody knows */
  async takeSaid({ text, from }: Said, bot: string | null): Promise<void> {
    const { config, resumes } = this.#parts
    if (resumes === null || typeof text !== 'string' || typeof from?.id !== 'number') return
    const answer = await resumes.answer(from.id, text, bot)
    if (answer !== null) await askTelegram(config, 'sendMessage', { chat_id: config.chat, text: answer })
  }

  /** Of somebody who may acknowledge. */
  async takeTap({ id, data, from }: Tap): Promise<void> {
    const { config, send } = this.#parts
    const by = `telegram:${from?.id}`
    const found = this.#alertOf(data)
    if (found.kind === 'waits') {
      const { trader, key: alert, version } = found.alert
      const stored = await send({ kind: 'acknowledge', trader, alert, version, by }).then(
        () => true,
        () => false,
      )
      // Without an answer the button says that it waits, and is tapped again.
      if (!stored) return
    }
    await askTelegram(config, 'answerCallbackQuery', { callback_query_id: String(id), text: this.#answerTo(found, by) })
  }

  #alertOf(data: unknown): Tapped {
    const [, button, version] = BUTTON.exec(String(data)) ?? []
    const alert = this.#parts.openAlerts().find(({ trader, key }) => alertButton(trader, key) === button)
    if (alert === undefined) return { kind: 'over' }
    if (String(alert.version) !== version) return { kind: 'newer' }
    return alert.acknowledged === null ? { kind: 'waits', alert } : { kind: 'known', by: alert.acknowledged }
  }

  #answerTo(tapped: Tapped, by: string): string {
    const { config, zone } = this.#parts
    const words = wordsOf(config.language)
    switch (tapped.kind) {
      case 'waits':
        return words.acknowledged.replace('{{by}}', by)
      case 'known':
        return acknowledgedBy(tapped.by, { language: config.language, zone }).slice(0, ANSWER_MAX)
      case 'newer':
        return words.hasNewer
      case 'over':
        return words.isOver
      default:
        return tapped satisfies never
    }
  }
}
