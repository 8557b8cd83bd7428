import { createHash } from 'node:crypto'
import { type Telling, traderToken } from '@drawbridge/contracts'

/**
 * What a button of an alert sends: at most 64 bytes, so that it names the alert by a digest. The version is that of what was told:
 * a button acknowledges nothing that was told later.
 */
export function buttonOf({ notice, alert }: Pick<Telling, 'notice' | 'alert'>): string {
  return `${alertButton(traderToken(notice), alert ?? '')}:${notice.version}`
}

/** The part that all buttons of one alert have in common. @param trader its subject token */
export function alertButton(trader: string, key: string): string {
  return `ack:${createHash('sha256').update(`${trader} ${key}`).digest('base64url').slice(0, 32)}`
}
