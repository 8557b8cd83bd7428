import { formatInstant } from '@drawbridge/contracts'
import type { ChannelConfig } from '@drawbridge/settings'
import { incidentKey, incidentParts } from '../core/incidents.ts'
import type { Attempt } from '../core/retry.ts'
import { type Channel, type Outgoing, plainText } from './channel.ts'
import { type Answer, attemptOf, ifOwnAnswer, jsonOf, post } from './post.ts'
import { secretIn } from './secret-file.ts'

type PagerDutyConfig = Extract<ChannelConfig, { kind: 'pagerduty' }>

/** A service of PagerDuty, by its Events API v2. An alert is one incident, which its end resolves. */
export function pagerDutyChannel(config: PagerDutyConfig): Channel {
  return {
    config,
    escape: plainText,
    partsOf: incidentParts,
    betweenMs: 60_000 / EVENTS_PER_MINUTE,
    send: (outgoing) => send(config, outgoing),
  }
}

/** It answers more for one key with 429. */
const EVENTS_PER_MINUTE = 120
const SUMMARY_MAX = 1_024
const KEY_MAX = 255

async function send(config: PagerDutyConfig, outgoing: Outgoing): Promise<Attempt> {
  const key = secretIn(config.keyFile)
  if (typeof key !== 'string') return key
  const answer = await post({ url: `${config.apiUrl}/v2/enqueue`, body: JSON.stringify(eventOf(key, outgoing)) })
  return 'kind' in answer ? answer : read(answer)
}

function eventOf(routingKey: string, { id, message, tellings, now }: Outgoing) {
  const only = tellings.length === 1 ? tellings[0] : undefined
  const trader = only?.notice.trader ?? 'drawbridge'
  // The same for all that is told of one alert.
  const dedupKey = (only && incidentKey(only)) ?? id
  return {
    routing_key: routingKey,
    event_action: only?.round.kind === 'resolved' ? 'resolve' : 'trigger',
    dedup_key: dedupKey.slice(0, KEY_MAX),
    payload: {
      summary: message.title.slice(0, SUMMARY_MAX),
      source: trader,
      severity: message.severity,
      timestamp: formatInstant(only?.notice.at ?? now),
      class: only?.notice.kind ?? 'digest',
      custom_details: { text: message.lines.join('\n') },
    },
    ...(message.link === null ? {} : { links: [{ href: message.link, text: 'Drawbridge' }] }),
  }
}

/** It answers a wrong key with 400. */
function read(answer: Answer): Attempt {
  const said = jsonOf(answer)
  const errors = Array.isArray(said?.errors) ? said.errors.join('; ') : ''
  const id = typeof said?.dedup_key === 'string' ? said.dedup_key : null
  const attempt = ifOwnAnswer(attemptOf(answer, id, errors), said?.status === 'success', 'PagerDuty')
  if (attempt.kind === 'refused' && /routing key/i.test(errors)) return { kind: 'shut-out', reason: attempt.reason }
  return attempt
}
