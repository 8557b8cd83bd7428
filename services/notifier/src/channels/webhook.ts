import { createHmac } from 'node:crypto'
import { formatInstant } from '@drawbridge/contracts'
import type { ChannelConfig } from '@drawbridge/settings'
import type { Attempt } from '../core/retry.ts'
import { type Channel, type Outgoing, plainText } from './channel.ts'
import { attemptOf, post } from './post.ts'
import { secretIn } from './secret-file.ts'

type WebhookConfig = Extract<ChannelConfig, { kind: 'webhook' }>

/** Any program that takes JSON by HTTP. Signed as Standard Webhooks say, where there is a secret. */
export function webhookChannel(config: WebhookConfig): Channel {
  return { config, escape: plainText, send: (outgoing) => send(config, outgoing) }
}

async function send(config: WebhookConfig, outgoing: Outgoing): Promise<Attempt> {
  const url = config.url ?? secretIn(config.urlFile ?? '')
  if (typeof url !== 'string') return url
  const body = JSON.stringify(bodyOf(outgoing))
  const seconds = String(Math.floor(outgoing.now / 1_000))
  const signatures: string[] = []
  for (const file of [config.secretFile, config.oldSecretFile]) {
    if (file === null) continue
    const secret = secretIn(file)
    if (typeof secret !== 'string') return secret
    signatures.push(signatureOf(secret, `${outgoing.id}.${seconds}.${body}`))
  }
  const signed = signatures.length === 0 ? {} : { 'webhook-signature': signatures.join(' ') }
  const answer = await post({
    url,
    body,
    headers: { 'webhook-id': outgoing.id, 'webhook-timestamp': seconds, ...signed },
  })
  return 'kind' in answer ? answer : attemptOf(answer)
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

/** @param secret Base64, with or without `whsec_`, as the libraries of Standard Webhooks take it; or any other text */
function signatureOf(secret: string, content: string): string {
  const bare = secret.replace(/^whsec_/, '')
  const key = bare !== secret || BASE64.test(bare) ? Buffer.from(bare, 'base64') : Buffer.from(secret)
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`
}

function bodyOf({ message, tellings, now, maybeTwice, acknowledgeLink }: Outgoing) {
  const { title, lines, link, severity } = message
  return {
    type: tellings.length === 1 ? `drawbridge.${tellings[0]?.notice.kind}` : 'drawbridge.digest',
    timestamp: formatInstant(now),
    data: {
      title,
      text: lines.join('\n'),
      severity,
      link,
      acknowledge_link: acknowledgeLink,
      maybe_twice: maybeTwice,
      notices: tellings.slice(0, NOTICES_MAX).map(({ notice, round, alert }) => ({
        kind: notice.kind,
        severity: notice.severity,
        trader: notice.trader,
        version: notice.version,
        at: formatInstant(notice.at),
        round: round.kind,
        alert,
        facts: notice.facts,
      })),
      more: Math.max(0, tellings.length - NOTICES_MAX),
    },
  }
}

/** A digest has the rest as a count. */
const NOTICES_MAX = 100
