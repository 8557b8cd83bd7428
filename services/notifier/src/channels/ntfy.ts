import type { ChannelConfig } from '@drawbridge/settings'
import type { Attempt } from '../core/retry.ts'
import { wordsOf } from '../core/text/message.ts'
import { type Channel, type Outgoing, plainText } from './channel.ts'
import { attemptOf, ifOwnAnswer, jsonOf, post } from './post.ts'
import { secretIn } from './secret-file.ts'

type NtfyConfig = Extract<ChannelConfig, { kind: 'ntfy' }>

/** A topic of ntfy, by its JSON form. */
export function ntfyChannel(config: NtfyConfig): Channel {
  return { config, escape: plainText, textMax: TEXT_MAX, send: (outgoing) => send(config, outgoing) }
}

/** Above the usual 3: they sound, and stay on the screen. */
const PRIORITIES = { info: 3, warning: 4, critical: 5 } as const
/** Longer ones become attachments. */
const TEXT_MAX = 3_500

/** It shows so many buttons. */
const ACTIONS_MAX = 3

/** One tap, without a browser. */
function acknowledging(label: string, url: string): object {
  return { action: 'http', label, url, method: 'POST', clear: true }
}

async function send(config: NtfyConfig, { message, acknowledgeLink, waitedFor = [] }: Outgoing): Promise<Attempt> {
  const token = config.tokenFile === null ? null : secretIn(config.tokenFile)
  if (token !== null && typeof token !== 'string') return token
  const { acknowledge } = wordsOf(config.language)
  const actions = [
    ...(acknowledgeLink === null ? [] : [acknowledging(acknowledge, acknowledgeLink)]),
    ...waitedFor.flatMap(({ title, link }) => (link === null ? [] : [acknowledging(`${acknowledge}: ${title}`, link)])),
  ].slice(0, ACTIONS_MAX)
  const at = config.url.lastIndexOf('/')
  const body = JSON.stringify({
    topic: config.url.slice(at + 1),
    title: message.title,
    message: message.lines.join('\n').slice(0, TEXT_MAX),
    priority: PRIORITIES[message.severity],
    ...(message.link === null ? {} : { click: message.link }),
    ...(actions.length === 0 ? {} : { actions }),
  })
  const headers = token === null ? {} : { authorization: `Bearer ${token}` }
  const answer = await post({ url: config.url.slice(0, at + 1), body, headers })
  if ('kind' in answer) return answer
  const said = jsonOf(answer)
  const id = typeof said?.id === 'string' ? said.id : null
  return ifOwnAnswer(attemptOf(answer, id, typeof said?.error === 'string' ? said.error : ''), id !== null, 'ntfy')
}
