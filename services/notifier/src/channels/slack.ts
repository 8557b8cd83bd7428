import type { ChannelConfig } from '@drawbridge/settings'
import type { Attempt } from '../core/retry.ts'
import type { Channel, Outgoing } from './channel.ts'
import { attemptOf, ifOwnAnswer, post } from './post.ts'
import { secretIn } from './secret-file.ts'

type SlackConfig = Extract<ChannelConfig, { kind: 'slack' | 'discord' }>

/** An incoming webhook of Slack. */
export function slackChannel(config: SlackConfig): Channel {
  return {
    config,
    escape: escapeMrkdwn,
    escapeLink: escapeControl,
    textMax: TEXT_MAX,
    send: (outgoing) => send(config, outgoing),
  }
}

/** The three characters that Slack takes for control. */
function escapeControl(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/**
 * Slack knows no escape of what makes text bold, struck or code: characters that look alike stand there. An underscore within a word
 * is one, so that a name can be copied.
 */
function escapeMrkdwn(text: string): string {
  return escapeControl(text)
    .replaceAll('*', '\u2217')
    .replaceAll('~', '\u223c')
    .replaceAll('`', '\u02cb')
    .replaceAll(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\u02cd')
}

/** A longer text is cut by Slack anyway. */
const TEXT_MAX = 3_000
const MARKS = { info: '🔵', warning: '🟠', critical: '🔴' } as const

async function send(config: SlackConfig, { message }: Outgoing): Promise<Attempt> {
  const url = secretIn(config.urlFile)
  if (typeof url !== 'string') return url
  const text = `${MARKS[message.severity]} *${message.title}*\n${message.lines.join('\n')}`.slice(0, TEXT_MAX)
  const answer = await post({ url, body: JSON.stringify({ text, unfurl_links: false }) })
  if ('kind' in answer) return answer
  // It answers a word like no_service, and never a secret.
  const attempt = attemptOf(answer, null, /^[a-z_]{1,40}$/.test(answer.body) ? answer.body : '')
  return ifOwnAnswer(attempt, answer.body.trim() === 'ok', 'Slack')
}
