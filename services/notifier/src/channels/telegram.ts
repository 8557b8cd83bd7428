import type { ChannelConfig } from '@drawbridge/settings'
import type { Attempt } from '../core/retry.ts'
import { isWaitedFor } from '../core/text/digest.ts'
import { wordsOf } from '../core/text/message.ts'
import { buttonOf } from './acknowledge-button.ts'
import type { Channel, Outgoing } from './channel.ts'
import { type Answer, attemptOf, ifOwnAnswer, jsonOf, post } from './post.ts'
import { secretIn } from './secret-file.ts'

export type TelegramConfig = Extract<ChannelConfig, { kind: 'telegram' }>

/** A chat of Telegram, with a button to acknowledge. */
export function telegramChannel(config: TelegramConfig): Channel {
  return { config, escape: escapeHtml, textMax: TEXT_MAX, send: (outgoing) => send(config, outgoing) }
}

/** Also of what it takes for the name of a person, who would be called: no name begins after a joiner, which nobody sees. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('@', '@\u2060')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

const TEXT_MAX = 4_000
const MARKS = { info: '🔵', warning: '🟠', critical: '🔴' } as const

async function send(config: TelegramConfig, { message, tellings, waitedFor = [] }: Outgoing): Promise<Attempt> {
  const text = `${MARKS[message.severity]} <b>${message.title}</b>\n${message.lines.join('\n')}`
  const only = tellings.length === 1 ? tellings[0] : undefined
  const { acknowledge } = wordsOf(config.language)
  const buttons =
    only === undefined
      ? waitedFor.map(({ telling, title }) => ({ text: `${acknowledge}: ${title}`, callback_data: buttonOf(telling) }))
      : isWaitedFor(only)
        ? [{ text: acknowledge, callback_data: buttonOf(only) }]
        : []
  const body = {
    chat_id: config.chat,
    text: cutHtml(text),
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
    ...(buttons.length > 0 && config.users.length > 0
      ? { reply_markup: { inline_keyboard: buttons.map((button) => [button]) } }
      : {}),
  }
  return callTelegram(config, 'sendMessage', body, (result) =>
    String((result as { message_id?: number } | null | undefined)?.message_id ?? ''),
  )
}

/** Never in the middle of an escaped character. */
function cutHtml(text: string): string {
  if (text.length <= TEXT_MAX) return text
  return `${text.slice(0, TEXT_MAX).replace(/&[a-z]*$/, '')}...`
}

/** @param idOf the id of what was made */
export async function callTelegram(
  config: TelegramConfig,
  method: string,
  body: object,
  idOf: (result: unknown) => string | null = () => null,
): Promise<Attempt> {
  const answer = await askTelegram(config, method, body)
  if ('kind' in answer) return answer
  return readTelegram(answer, idOf)
}

/** Any method; the token is a part of the address, which no error may name. */
export async function askTelegram(config: TelegramConfig, method: string, body: object, withinMs?: number) {
  const token = secretIn(config.tokenFile)
  if (typeof token !== 'string') return token
  return post({ url: `${config.apiUrl}/bot${token}/${method}`, body: JSON.stringify(body) }, withinMs)
}

export function readTelegram(answer: Answer, idOf: (result: unknown) => string | null = () => null): Attempt {
  const said = jsonOf(answer)
  const description = typeof said?.description === 'string' ? said.description : ''
  const own = attemptOf(answer, said?.ok === true ? idOf(said.result) : null, description)
  const attempt = ifOwnAnswer(own, said?.ok === true, 'Telegram')
  const { retry_after: seconds } = (said?.parameters ?? {}) as { readonly retry_after?: unknown }
  if (attempt.kind === 'failed' && typeof seconds === 'number') return { ...attempt, afterMs: seconds * 1_000 }
  // It says so of a chat that is not there, or that the bot may not write to.
  if (attempt.kind === 'refused' && /chat|bot/i.test(description)) return { kind: 'shut-out', reason: attempt.reason }
  return attempt
}
