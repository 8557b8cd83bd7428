import { createHash } from 'node:crypto'
import { type Telling, traderToken } from '@drawbridge/contracts'

/** What a button of an alert sends: at most 64 bytes, so that it names the alert by a digest. */
export function buttonOf({ notice, alert }: Pick<Telling, 'notice' | 'alert'>): string {
  return `ack:${alertDigest(traderToken(notice), alert ?? '')}`
}

export function alertDigest(trader: string, key: string): string {
  return createHash('sha256').update(`${trader} ${key}`).digest('base64url').slice(0, 32)
}
