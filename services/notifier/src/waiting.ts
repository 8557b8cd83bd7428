import { type Delivery, type Telling, tellingId } from '@drawbridge/contracts'
import type { Delivered } from './inbound/kept-place.ts'

/** While a message is tried, the server is told so more often than it would deliver it again. */
export const KEEP_EVERY_MS = 3_000

/** One notice that waits, as it was delivered. */
export interface Waiting {
  readonly telling: Telling
  readonly id: string
  readonly delivered: Delivered
}

export function waitingOf(delivered: Delivered): Waiting {
  const telling = JSON.parse(Buffer.from(delivered.data).toString('utf8')) as Telling
  return { telling, id: tellingId(telling), delivered }
}

/** What a record says of a notice, whatever became of it. */
export function recordOf({
  telling,
  id,
}: Waiting): Omit<Delivery, 'outcome' | 'at' | 'attempts' | 'maybeTwice' | 'together' | 'detail'> {
  const { notice, channel, round } = telling
  const { trader, version, kind, severity } = notice
  return { id, channel, trader, version, kind, severity, round: round.kind }
}
