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
  const [path, event] = isChange(outgoing)
    ? ['v2/change/enqueue', changeOf(outgoing)]
    : ['v2/enqueue', incidentOf(outgoing)]
  const answer = await post({ url: `${config.apiUrl}/${path}`, body: JSON.stringify({ routing_key: key, ...event }) })
  return 'kind' in answer ? answer : read(answer)
}

/** Whether it is for nobody to act on, as a pause by an operator is: as an incident it would call somebody, and never end. */
function isChange({ tellings }: Outgoing): boolean {
  return tellings.every(
    ({ alert, notice: { severity, kind } }) => alert === null && severity === 'info' && kind !== 'test',
  )
}

/** A change event calls nobody. It stands among the recent changes of the service. */
function changeOf(outgoing: Outgoing) {
  const { summary, source, timestamp, custom_details } = describe(outgoing)
  return { payload: { summary, source, timestamp, custom_details }, ...linksOf(outgoing) }
}

function incidentOf(outgoing: Outgoing) {
  const { id, message, tellings } = outgoing
  const only = tellings.length === 1 ? tellings[0] : undefined
  const kind = only?.notice.kind ?? 'digest'
  // The same for all that is told of one alert, and for all tests.
  const dedupKey = (only && incidentKey(only)) ?? (kind === 'test' ? 'drawbridge:test' : id)
  return {
    event_action: only?.round.kind === 'resolved' ? 'resolve' : 'trigger',
    dedup_key: dedupKey.slice(0, KEY_MAX),
    payload: { ...describe(outgoing), severity: message.severity, class: kind },
    ...linksOf(outgoing),
  }
}

function describe({ message, tellings, now }: Outgoing) {
  const only = tellings.length === 1 ? tellings[0] : undefined
  return {
    summary: message.title.slice(0, SUMMARY_MAX),
    source: only?.notice.trader ?? 'drawbridge',
    timestamp: formatInstant(only?.notice.at ?? now),
    custom_details: { text: message.lines.join('\n') },
  }
}

function linksOf({ message: { link } }: Outgoing) {
  return link === null ? {} : { links: [{ href: link, text: 'Drawbridge' }] }
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
