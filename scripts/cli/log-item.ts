import { headerNames } from '@drawbridge/contracts'
import { type ConfigRow, type HistoryRow, readMessage, riskMessage } from '@drawbridge/history'
import type { StreamMessage } from '@drawbridge/nats'
import { ADOPTER } from './adopt-log/held-log.ts'

/** A message of the log as the tables hold it. */
export type LogItem = (
  | { readonly kind: 'event'; readonly row: HistoryRow }
  | { readonly kind: 'config'; readonly row: ConfigRow }
) & {
  /** Whether it was carried over: its row was written when it stood in the log before. */
  readonly isCarried: boolean
}

/**
 * What the tables must hold of a message, as a persister would write it; null: nothing.
 * @param continues whether the log took the place of another one
 * @param onRefused called with the reason where no table can hold it
 */
export function logItem(
  message: StreamMessage,
  continues: boolean,
  onRefused: (reason: string) => void,
): LogItem | null {
  const reading = readMessage(riskMessage(message))
  if (reading.kind === 'refused') onRefused(reading.reason)
  if (reading.kind === 'refused' || reading.kind === 'nothing') return null
  return { ...reading, isCarried: continues && message.headers?.get(headerNames.guardian) === ADOPTER }
}
