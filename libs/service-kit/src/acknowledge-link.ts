import { createHmac, timingSafeEqual } from 'node:crypto'
import { type Instant, type Parsed, parsed, refused } from '@drawbridge/contracts'

/** What a link lets whoever has it do: acknowledge one alert, until a time. */
export interface AcknowledgeGrant {
  /** Subject token of the trader. */
  readonly trader: string
  /** Key of the alert. */
  readonly alert: string
  /** The version of what was told: the link acknowledges nothing that was told later. */
  readonly version: number
  /** Where it was told. */
  readonly channel: string
  readonly until: Instant
}

/** The console's path. */
export const ACKNOWLEDGE_PATH = '/acknowledge'

/** @param key known to the notifier and the console alone; 32 characters or more */
export function acknowledgeLink(consoleUrl: string, key: string, grant: AcknowledgeGrant): string {
  const { trader, alert, version, channel, until } = grant
  const query = new URLSearchParams({ trader, alert, version: String(version), channel, until: String(until) })
  query.set('mac', macOf(key, grant).toString('base64url'))
  return `${consoleUrl}${ACKNOWLEDGE_PATH}?${query}`
}

/** What a link grants. @param query of its address */
export function readAcknowledgeLink(
  query: Readonly<Record<string, unknown>>,
  key: string,
  now: Instant,
): Parsed<AcknowledgeGrant> {
  const text = (name: string) => (typeof query[name] === 'string' ? query[name] : '')
  const grant = {
    trader: text('trader'),
    alert: text('alert'),
    version: Number(text('version')),
    channel: text('channel'),
    until: Number(text('until')),
  }
  const mac = Buffer.from(text('mac'), 'base64url')
  const wanted = macOf(key, grant)
  if (mac.length !== wanted.length || !timingSafeEqual(mac, wanted)) return refused('is not complete, or not from here')
  return grant.until > now ? parsed(grant) : refused('is too old')
}

function macOf(key: string, { trader, alert, version, channel, until }: AcknowledgeGrant): Buffer {
  const content = JSON.stringify(['acknowledge', trader, alert, version, channel, until])
  return createHmac('sha256', key).update(content).digest()
}
