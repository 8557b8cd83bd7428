import {
  type AcknowledgementRecord,
  type ChannelHealth,
  type Delivery,
  formatInstant,
  type Instant,
  SEVERITIES,
  type Silence,
} from '@drawbridge/contracts'
import type { OpenAlert } from '../inbound/alert-books.ts'
import type { HeardNotifier } from '../inbound/alert-reader.ts'

/** Times as everywhere in the API. */
const orNull = (at: Instant | null) => (at === null ? null : formatInstant(at))

export const notifierWritten = ({ works, heardAt }: HeardNotifier) => ({ works, heardAt: orNull(heardAt) })

export function channelWritten(channel: ChannelHealth & { readonly name: string }) {
  const { name, kind, state, since, reason, lastSentAt, waiting } = channel
  return { name, kind, state, since: formatInstant(since), reason, lastSentAt: orNull(lastSentAt), waiting }
}

/** So many alerts are told at most. */
const ALERTS_MAX = 500

/** The alerts that people must look at first: not acknowledged, severe, new. */
export function mostUrgent(alerts: readonly OpenAlert[]): readonly OpenAlert[] {
  const rank = ({ acknowledged, notice }: OpenAlert) =>
    (acknowledged === null ? SEVERITIES.length : 0) + SEVERITIES.indexOf(notice.severity)
  return alerts.toSorted((a, b) => rank(b) - rank(a) || b.openedAt - a.openedAt).slice(0, ALERTS_MAX)
}

export function alertWritten({ trader, key, openedAt, toldAt, repeated, isSilenced, acknowledged, notice }: OpenAlert) {
  const { kind, severity, version } = notice
  return {
    trader,
    key,
    kind,
    severity,
    version,
    openedAt: formatInstant(openedAt),
    toldAt: orNull(toldAt),
    repeated,
    isSilenced,
    acknowledged: acknowledged === null ? null : { by: acknowledged.by, at: formatInstant(acknowledged.at) },
  }
}

export function acknowledgementWritten({ alert, by, at }: AcknowledgementRecord) {
  return { alert, by, at: formatInstant(at) }
}

export function silenceWritten({ id, trader, tag, kind, until, reason, by }: Silence) {
  return { id, trader, tag: tag ?? null, kind, until: formatInstant(until), reason, by }
}

export function deliveryWritten({ at, ...delivery }: Delivery) {
  return { ...delivery, at: formatInstant(at) }
}
