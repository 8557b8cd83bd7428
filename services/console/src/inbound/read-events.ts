import { type ConfigEvent, decodeConfigEvent, decodeRiskEvent, type RiskEvent } from '@drawbridge/contracts'
import type { Configuration } from '@drawbridge/risk-engine'
import { configurationOf } from '../core/limits-in-force.ts'
import type { LoggedEvent } from './risk-feed.ts'
import type { RiskLogReader } from './risk-log-reader.ts'

/** The event of a trader. @throws if it cannot be read */
export function traderEvent({ seq, data }: LoggedEvent): RiskEvent {
  const event = decodeRiskEvent(data)
  if (event.ok) return event.value
  throw unreadable(seq, event.reason)
}

/** The configuration up to an input; null: up to the newest. @throws if an event cannot be read */
export async function readConfiguration(reader: RiskLogReader, inputSeq: number | null): Promise<Configuration> {
  const upTo = inputSeq ?? Number.MAX_SAFE_INTEGER
  const [flags, limits] = await Promise.all([reader.lastUpTo('flags', upTo), reader.lastUpTo('limits', upTo)])
  return configurationOf(configEvent('flags', flags), configEvent('limits', limits))
}

/** @throws if it cannot be read */
export function configEvent(kind: ConfigEvent['kind'], logged: LoggedEvent | null): ConfigEvent | null {
  if (logged === null) return null
  const event = decodeConfigEvent(kind, logged.data)
  if (event.ok) return event.value
  throw unreadable(logged.seq, event.reason)
}

function unreadable(seq: number, reason: string): Error {
  return new Error(`event ${seq} of the risk log cannot be read: ${reason}`)
}
