import {
  type AcknowledgementRecord,
  type ChannelHealth,
  type Delivery,
  formatInstant,
  type Instant,
  type Silence,
} from '@drawbridge/contracts'
import type { HeardNotifier, OpenAlert } from '../inbound/alert-reader.ts'

/** Times as everywhere in the API. */
const orNull = (at: Instant | null) => (at === null ? null : formatInstant(at))

export const notifierWritten = ({ works, heardAt }: HeardNotifier) => ({ works, heardAt: orNull(heardAt) })

export function channelWritten(channel: ChannelHealth & { readonly name: string }) {
  const { name, kind, state, since, reason, lastSentAt, waiting } = channel
  return { name, kind, state, since: formatInstant(since), reason, lastSentAt: orNull(lastSentAt), waiting }
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
