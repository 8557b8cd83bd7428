import type { ChannelConfig } from '@drawbridge/settings'
import type { Attempt } from '../core/retry.ts'
import type { Channel, Outgoing } from './channel.ts'
import { type Answer, attemptOf, ifOwnAnswer, jsonOf, post } from './post.ts'
import { secretIn } from './secret-file.ts'

type DiscordConfig = Extract<ChannelConfig, { kind: 'slack' | 'discord' }>

/** A webhook of a channel of Discord. */
export function discordChannel(config: DiscordConfig): Channel {
  return {
    config,
    escape: escapeMarkdown,
    textMax: TEXT_MAX,
    escapeLink: (url) => `<${url}>`,
    send: (outgoing) => send(config, outgoing),
  }
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\*_~`|>#[\]()]/g, String.raw`\$&`)
}

const TEXT_MAX = 2_000
const MARKS = { info: '🔵', warning: '🟠', critical: '🔴' } as const

async function send(config: DiscordConfig, { message }: Outgoing): Promise<Attempt> {
  const url = secretIn(config.urlFile)
  if (typeof url !== 'string') return url
  const content = `${MARKS[message.severity]} **${message.title}**\n${message.lines.join('\n')}`.slice(0, TEXT_MAX)
  // What a bot wrote must not call everybody.
  const body = JSON.stringify({ content, allowed_mentions: { parse: [] } })
  const answer = await post({ url: `${url}${url.includes('?') ? '&' : '?'}wait=true`, body })
  return 'kind' in answer ? answer : read(answer)
}

/** The body of a 429 says the time more exactly than its header. */
function read(answer: Answer): Attempt {
  const said = jsonOf(answer)
  const id = typeof said?.id === 'string' ? said.id : null
  const attempt = ifOwnAnswer(attemptOf(answer, id), id !== null, 'Discord')
  if (attempt.kind !== 'failed' || typeof said?.retry_after !== 'number') return attempt
  return { ...attempt, afterMs: Math.ceil(said.retry_after * 1_000) }
}
